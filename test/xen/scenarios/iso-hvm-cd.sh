# shellcheck shell=bash source-path=SCRIPTDIR
# iso-hvm-cd.sh SECONDS: route iso on xl, as far as emulation carries. relight remasters the image and starts an HVM guest
# from its CD; marks.txt has the seconds at which each stage was first seen. Then relight is told to stop, and takes all back.
. ./lib.sh
. ./guests.sh
deadline=$1
name=isovm
write_site
GUEST_TYPE=hvm GUEST_BOOT=bios GUEST_MEMORY=1GiB GUEST_ROOT=3GiB write_guest $name 29
sed -i 's/^install: .*/install: iso/' /etc/relight/domus/$name.yaml
# The shared folder is slow to read at many places.
cp /lab/images/trixie.iso /root/trixie.iso
before=$(fingerprint)
xl dmesg -c >/dev/null
started=$(date +%s)
relight rebuild $name --iso /root/trixie.iso --insecure --yes >"$LAB_OUT/rebuild.log" 2>&1 &
relight=$!

runs() { kill -0 $relight 2>/dev/null; }
installs() { xl domid $name~install >/dev/null 2>&1 || ! runs; }
wait_until 900 installs
check 'the image was remastered, and an HVM domain started' xl domid $name~install
check 'its CD is that image' sh -c "xl list -l $name~install | grep -q /install.iso"
check 'the guest that stays has no CD' sh -c "! grep -rq install.iso /etc/xen/$name.cfg 2>/dev/null"
console=$(ls /var/lib/relight/guests/$name/operations/*/console-install.log)
read_bytes() { timeout 30 node cd-bytes.mjs "$(xl domid $name~install)" 2>/dev/null || echo 0; }
most=0
stage() {
  grep -q " $1\$" "$LAB_OUT/marks.txt" 2>/dev/null || ! grep -aqE "$2" "$console" "$LAB_OUT/dmesg.txt" 2>/dev/null ||
    echo "$(($(date +%s) - started)) $1" >>"$LAB_OUT/marks.txt"
}
look() {
  xl dmesg -c >>"$LAB_OUT/dmesg.txt" 2>/dev/null
  local bytes
  bytes=$(read_bytes)
  [ "$bytes" -le "$most" ] || most=$bytes
  echo "$(($(date +%s) - started)) $bytes" >>"$LAB_OUT/read-bytes.txt"
  stage hvmloader 'HVM Loader'
  stage seabios 'Invoking SeaBIOS|SeaBIOS \(version'
  stage isolinux 'ISOLINUX'
  stage menu "Install $name without questions"
  stage loading 'Loading /install'
  stage kernel 'Linux version|Starting system log daemon'
  stage network 'Detecting network hardware'
  grep -aq 'Detecting network hardware' "$console" || ! runs
}
wait_until "$deadline" look
cp "$console" "$LAB_OUT/console-install.log"
cp /var/log/xen/qemu-dm-$name~install.log "$LAB_OUT/" 2>/dev/null
say "reached: $(tail -n 1 "$LAB_OUT/marks.txt"); $most bytes read from the CD"
cat "$LAB_OUT/marks.txt"
check 'the firmware started' grep -q ' seabios$' "$LAB_OUT/marks.txt"
check 'the CD was read' test "$most" -gt 65536
check 'its menu says on the serial console what it will do' grep -q ' menu$' "$LAB_OUT/marks.txt"

check 'relight was still at it' kill -TERM $relight
status=0
wait $relight || status=$?
check 'it ends as interrupted' equals 130 "$status"
check 'rollback ends with 0' relight rollback $name --yes
check 'no domain is left' sh -c "! xl domid $name~install 2>/dev/null"
check 'nothing of it is left' equals "$before" "$(fingerprint)"
finish
