#!/bin/sh
# mmdebstrap's customize hook: $1 root, $2 the tree laid over it.
set -eu
cp -r "$2/." "$1/"
chmod 755 "$1/usr/local/sbin/lab-ready"
mkdir -p "$1/etc/systemd/system/multi-user.target.wants"
ln -sf ../lab-ready.service "$1/etc/systemd/system/multi-user.target.wants/lab-ready.service"
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer \
  e2scrub_reap.service; do
  ln -sf /dev/null "$1/etc/systemd/system/$unit"
done
