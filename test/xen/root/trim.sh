#!/bin/sh
# mmdebstrap's customize hook: makes a root filesystem small and quick to boot under emulation. The package database
# stays as it is. Only the modules that a Xen guest needs are left, in the tree and in the initrd.
set -eu
root=$1
release=$(ls "$root/lib/modules")
modules=$root/lib/modules/$release
for module in xen-blkfront xen-netfront ext4 crc32c crc32c_generic xfs autofs4 configfs fuse virtio_blk virtio_net \
  virtio_pci ata_piix ata_generic sd_mod; do
  chroot "$root" modprobe -S "$release" --show-depends "$module" 2>/dev/null
done | sed -n "s,^insmod .*/\($release/[^ ]*\).*,\1,p" | sort -u >"$root/keep"
(
  cd "$modules/.."
  find "$release/kernel" -type f | sort | comm -23 - "$root/keep" | xargs rm -f
)
rm "$root/keep"
find "$modules" -type d -empty -delete
rm -rf "$root"/usr/lib/udev/hwdb.d/* "$root"/usr/lib/udev/hwdb.bin "$root"/usr/lib/firmware \
  "$root"/usr/share/i18n/locales/[a-df-z]* "$root"/usr/share/info "$root"/usr/share/grub/*.pf2 \
  "$root"/usr/share/bash-completion "$root"/usr/share/zoneinfo/right "$root"/boot/System.map-*
chroot "$root" depmod "$release"
chroot "$root" update-initramfs -u -k "$release"
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer \
  e2scrub_reap.service systemd-tmpfiles-clean.timer systemd-pstore.service systemd-binfmt.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
