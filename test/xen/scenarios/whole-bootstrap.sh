# shellcheck shell=bash source-path=SCRIPTDIR
# The whole route with the real mmdebstrap, the packages coming through apt-cacher-ng on dom0.
. ./lib.sh
. ./guests.sh
export PATH=${PATH#/lab/scenarios/bin:}
write_site '{ lvm: vg0 }' '{ apt-cacher-ng: 10.0.2.15:3142 }'
GUEST_ROOT=2GiB GUEST_TYPE=pvh GUEST_BOOT=grub GUEST_MEMORY=512MiB write_guest whole1 23
started=$(date +%s)
check 'rebuild ends with 0' relight rebuild whole1 --yes
echo "rebuild: $(($(date +%s) - started)) s" | tee "$LAB_OUT/times"
check 'the packages came through the cache' sh -c 'find /var/cache/apt-cacher-ng -name "linux-image-*.deb" | grep -q .'
check 'it answers' into 23 true
check 'it is PVH' equals PVH "$(into 23 cat /sys/hypervisor/guest_type)"
xl destroy whole1
rm -f /etc/relight/domus/whole1.yaml /etc/xen/auto/whole1.cfg
write_site
finish
