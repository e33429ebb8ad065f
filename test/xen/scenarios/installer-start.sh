# shellcheck shell=bash source-path=SCRIPTDIR
# installer-start.sh SECONDS: the first minutes of route installer on xl, a PV guest up to the download of the installer's
# components, through apt-cacher-ng on dom0. marks.txt has the seconds at which relight named each phase. Then relight is told
# to stop, and takes all back.
. ./lib.sh
. ./guests.sh
deadline=$1
name=inst1
write_site '{ lvm: vg0 }' '{ apt-cacher-ng: 10.0.2.15:3142 }'
GUEST_TYPE=pv GUEST_BOOT=direct GUEST_MEMORY=1GiB GUEST_ROOT=2GiB write_guest $name 31
sed -i 's/^install: .*/install: installer/' /etc/relight/domus/$name.yaml
check 'the spec is good' relight check $name
before=$(fingerprint_without $name)
started=$(date +%s)
relight rebuild $name --complete-initrd --yes >"$LAB_OUT/rebuild.log" 2>&1 &
relight=$!

runs() { kill -0 $relight 2>/dev/null; }
installs() { install_console $name >/dev/null || ! runs; }
# Debian's package, the mirror's index and the kernel's modules come first.
wait_until "$deadline" installs
check 'an installer runs' xl domid $name~install
[ "$lab_failed" = 0 ] || give_up $name $relight
echo "$(($(date +%s) - started)) domain" >"$LAB_OUT/marks.txt"
xl list -l $name~install >"$LAB_OUT/domain.json"
check 'as PV' grep -q '"type": "pv"' "$LAB_OUT/domain.json"
check 'with the new root volume' sh -c "grep -q $name-root '$LAB_OUT/domain.json'"
check 'and not with the data disk' sh -c "! grep -q $name-srv '$LAB_OUT/domain.json'"
check 'its initrd is nobody else'"'"'s to read' sh -c \
  "test \$(stat -c %a /var/lib/relight/work/*/installer-initrd.img) = 600"
domid=$(xl domid $name~install)
console=$(install_console $name)
stage() {
  grep -q " $1\$" "$LAB_OUT/marks.txt" || ! grep -aqE "$2" "$3" ||
    echo "$(($(date +%s) - started)) $1" >>"$LAB_OUT/marks.txt"
}
look() {
  stage kernel 'Linux version' "$console"
  stage network 'installer: network' "$LAB_OUT/rebuild.log"
  stage components 'installer: components' "$LAB_OUT/rebuild.log"
  stage download 'Loading additional components +\.\.\. .*[1-9][0-9]?%' "$console"
  grep -q ' download$' "$LAB_OUT/marks.txt" || ! runs
}
wait_until "$deadline" look
runs || tail -n 40 "$LAB_OUT/rebuild.log"
cp "$console" "$LAB_OUT/console-install.log"
cat "$LAB_OUT/marks.txt"
# What the watcher takes for a sign of life besides the console.
check 'dom0 counts what its nic does' sh -c "cat /sys/class/net/vif$domid.0/statistics/rx_bytes | grep -q '[1-9]'"
check 'and what its disks do' sh -c "ls /sys/bus/xen-backend/devices/vbd-$domid-*/statistics/rd_req"
for mark in kernel network components download; do
  check "it came to: $mark" grep -q " $mark\$" "$LAB_OUT/marks.txt"
done
check 'no question was asked' sh -c "! grep -aqE '^Prompt:|Press enter to continue' '$LAB_OUT/console-install.log'"

check 'relight was still at it' kill -TERM $relight
status=0
wait $relight || status=$?
check 'it ends as interrupted' equals 130 "$status"
check 'rollback ends with 0' relight rollback $name --yes
check 'no domain is left' sh -c "! xl domid $name~install 2>/dev/null"
check 'nothing of it is left' equals "$before" "$(fingerprint_without $name)"
rm -f /etc/relight/domus/$name.yaml
write_site
finish
