#!/bin/sh
# mmdebstrap's customize hook: turns a Debian root into the lab's dom0. $1 root, $2 the tree, $3 Xen's version,
# $4 a node to copy in (or ""), $5 the Debian archive's URL.
set -eu
root=$1
here=$(dirname "$2")
cp -r "$2/." "$root/"
chmod 755 "$root"/usr/local/sbin/*
printf 'BindAddress: 127.0.0.1 10.0.2.15\nForeGround: 0\n' >"$root/etc/apt-cacher-ng/local.conf"
echo "$5/" >"$root/etc/apt-cacher-ng/backends_debian"

tools=$root/usr/lib/xen-$3/bin
mv "$tools/xl" "$tools/xl.real"
install -m 755 "$here/xl-wrapper.sh" "$tools/xl"
mkdir -p "$root/var/log/xen/console" "$root/lab"
if [ -n "$4" ]; then install -m 755 "$4" "$root/usr/local/bin/node"; fi

# What only costs time at each boot. xendomains holds the shutdown up; scenarios call its script by hand.
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  dpkg-db-backup.timer systemd-timesyncd.service xendomains.service getty@tty1.service \
  systemd-networkd-wait-online.service systemd-random-seed.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
for unit in lab-setup lab-agent; do
  ln -sf "../$unit.service" "$root/etc/systemd/system/multi-user.target.wants/$unit.service"
done
chroot "$root" passwd -q -d root
: >"$root/etc/machine-id"
