# shellcheck shell=bash source-path=SCRIPTDIR
# iso-hvm-cd.sh SECONDS: route iso on xl, as far as emulation carries. relight remasters the image and starts an HVM guest
# from its CD: firmware, ISOLINUX, the menu, the unattended entry that the menu starts by itself, the installer's kernel and
# the first line of its init. The BIOS reads the CD port by port: kernel and initrd (55 MB) take twenty minutes. ISOLINUX
# says nothing of that, since the command line has `quiet`. marks.txt has the seconds at which each stage was first seen,
# read-bytes.txt how quick the CD is. Then relight is told to stop, and takes all back.
. ./lib.sh
. ./guests.sh
deadline=$1
name=isovm
write_site
GUEST_TYPE=hvm GUEST_BOOT=bios GUEST_MEMORY=1GiB GUEST_ROOT=3GiB write_guest $name 29
sed -i 's/^install: .*/install: iso/' /etc/relight/domus/$name.yaml
# The shared folder is slow to read at many places.
cp /lab/images/trixie.iso /root/trixie.iso
before=$(fingerprint_without $name)
xl dmesg -c >/dev/null
started=$(date +%s)
relight rebuild $name --iso /root/trixie.iso --insecure --yes >"$LAB_OUT/rebuild.log" 2>&1 &
relight=$!

runs() { kill -0 $relight 2>/dev/null; }
installs() { install_console $name >/dev/null || ! runs; }
wait_until 900 installs
check 'the image was remastered, and an HVM domain started' xl domid $name~install
[ "$lab_failed" = 0 ] || give_up $name $relight
check 'its CD is that image' sh -c "xl list -l $name~install | grep -q /install.iso"
check 'no configuration under /etc/xen has it' sh -c '! grep -rq install.iso /etc/xen'
console=$(install_console $name)
# A start of node takes the guest's device model a second and more, so it is asked now and then.
read_bytes() { timeout 60 node cd-bytes.mjs "$(xl domid $name~install)" 2>/dev/null || echo 0; }
most=0
looks=0
stage() {
  grep -q " $1\$" "$LAB_OUT/marks.txt" 2>/dev/null || ! grep -aqE "$2" "$console" "$LAB_OUT/dmesg.txt" 2>/dev/null ||
    echo "$(($(date +%s) - started)) $1" >>"$LAB_OUT/marks.txt"
}
reached() { grep -q " $1\$" "$LAB_OUT/marks.txt" 2>/dev/null; }
count() {
  local bytes
  bytes=$(read_bytes)
  [ "$bytes" -le "$most" ] || most=$bytes
  echo "$(($(date +%s) - started)) $bytes" >>"$LAB_OUT/read-bytes.txt"
}
look() {
  xl dmesg -c >>"$LAB_OUT/dmesg.txt" 2>/dev/null
  stage hvmloader 'HVM Loader'
  stage seabios 'Invoking SeaBIOS|SeaBIOS \(version'
  stage isolinux 'ISOLINUX'
  stage menu "Install $name without questions"
  # Linux tells Xen how it wants its events.
  stage kernel 'upcall vector'
  stage installer 'Starting system log daemon'
  looks=$((looks + 1))
  [ $((looks % 6)) -ne 0 ] || count
  reached installer || ! runs || { sleep 9 && false; }
}
touch "$LAB_OUT/marks.txt"
wait_until "$deadline" look
runs || tail -n 40 "$LAB_OUT/rebuild.log"
count
cp "$console" "$LAB_OUT/console-install.log"
cp /var/log/xen/qemu-dm-$name~install.log "$LAB_OUT/" 2>/dev/null
say "reached: $(tail -n 1 "$LAB_OUT/marks.txt"); $most bytes read from the CD"
cat "$LAB_OUT/marks.txt"
check 'the firmware started' reached seabios
check 'the CD was read' test "$most" -gt 65536
check 'its menu says on the serial console what it will do' reached menu
check 'and starts the installer by itself: its kernel runs' reached kernel
check 'and its init has begun' reached installer

check 'relight was still at it' kill -TERM $relight
status=0
wait $relight || status=$?
check 'it ends as interrupted' equals 130 "$status"
check 'rollback ends with 0' relight rollback $name --yes
check 'no domain is left' sh -c "! xl domid $name~install 2>/dev/null"
check 'nothing of it is left' equals "$before" "$(fingerprint_without $name)"
finish
