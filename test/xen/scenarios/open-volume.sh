# shellcheck shell=bash source-path=SCRIPTDIR
# A kept volume that dom0 itself has mounted must not be handed to a guest.
. ./lib.sh
. ./guests.sh
write_site
write_guest open1 36
lvcreate -qq -y -L 64M -n open1-srv --addtag relight.domu=open1 --addtag relight.role=data --addtag relight.state=kept vg0
mke2fs -q -F /dev/vg0/open1-srv
mount /dev/vg0/open1-srv /mnt
fingerprint >"$LAB_OUT/before"
check 'refused with 4' fails 4 relight rebuild open1 --yes
check 'before anything is made' test -z "$(root_volumes open1)"
fingerprint >"$LAB_OUT/after"
check 'nothing has changed' diff "$LAB_OUT/before" "$LAB_OUT/after"
umount /mnt
lvremove -qq -y vg0/open1-srv
rm /etc/relight/domus/open1.yaml
finish
