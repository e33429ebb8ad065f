#!/bin/sh
# mmdebstrap's customize hook: a fresh Debian machine that boots by GRUB from its disk. $1 root, $2 the tree.
set -eu
root=$1
cp -r "$2/." "$root/"
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  dpkg-db-backup.timer systemd-timesyncd.service getty@tty1.service systemd-random-seed.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
ln -sf ../test-agent.service "$root/etc/systemd/system/multi-user.target.wants/test-agent.service"
chroot "$root" passwd -q -d root
# What grub-install would put there; update-grub cannot look at disks from here, so the first menu is written by hand.
mkdir -p "$root/boot/grub"
# The modules must be of the same GRUB as the core image, which is made by this machine's.
cp -r /usr/lib/grub/i386-pc "$root/boot/grub/"
chroot "$root" grub-editenv /boot/grub/grubenv create
cat >"$root/boot/grub/grub.cfg" <<'MENU'
serial --unit=0 --speed=115200
set timeout=0
menuentry 'Debian GNU/Linux' {
  linux /vmlinuz root=/dev/vda1 rw console=ttyS0,115200 net.ifnames=0
  initrd /initrd.img
}
MENU
: >"$root/etc/machine-id"
