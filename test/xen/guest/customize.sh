#!/bin/sh
# mmdebstrap's customize hook: $1 root, $2 the tree laid over it.
set -eu
cp -r "$2/." "$1/"
chmod 755 "$1/usr/local/sbin/lab-ready"
mkdir -p "$1/etc/systemd/system/multi-user.target.wants"
ln -sf ../lab-ready.service "$1/etc/systemd/system/multi-user.target.wants/lab-ready.service"
# Small modules and a small initrd: an HVM guest's BIOS reads them through emulated ports.
"$(dirname "$0")/../root/trim.sh" "$1"
