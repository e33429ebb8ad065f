# shellcheck shell=bash source-path=SCRIPTDIR
# One row of the boot table: boot-row.sh SUITE GUEST BOOT DISK SECONDS. Boots a prepared disk and waits for its
# ready line. pci=noearly saves an HVM guest two scans of all PCI buses, a minute each under emulation; quiet saves it
# the printing of the kernel's log through emulated ports: six minutes.
. ./lib.sh
suite=$1 guest=$2 boot=$3 disk=$4
name=row-$suite-$guest-$boot
config=$LAB_OUT/$name.cfg
console=/var/log/xen/console/guest-$name.log
grub=/usr/lib/grub-xen
deadline=$5
# HVM's serial line is QEMU's, which xenconsoled does not keep.
serial=$LAB_OUT/serial.txt

{
  echo "name = \"$name\""
  echo "type = \"$guest\""
  echo 'memory = 512'
  echo 'vcpus = 1'
  echo "disk = [ \"format=raw,vdev=xvda,access=rw,target=$disk\" ]"
  echo 'vif = [ "bridge=xenbr0,mac=00:16:3e:00:00:01" ]'
  echo 'on_reboot = "destroy"'
  echo 'on_crash = "preserve"'
  [ "$guest" != hvm ] || printf 'serial = [ "pty" ]\nvnc = 0\nvga = "none"\n'
  case $guest-$boot in
    *-direct)
      echo "kernel = \"/lab/guests/$suite/vmlinuz\""
      echo "ramdisk = \"/lab/guests/$suite/initrd.img\""
      echo 'cmdline = "root=LABEL=root ro pci=noearly console=ttyS0,115200n8 console=hvc0 quiet"'
      ;;
    pv-grub) echo "kernel = \"$grub/grub-x86_64-xen.bin\"" ;;
    pvh-grub) echo "kernel = \"$grub/grub-i386-xen_pvh.bin\"" ;;
    *-pygrub) echo 'bootloader = "pygrub"' ;;
    # hdtype: the firmware reads a SATA disk by DMA, an IDE disk through emulated ports.
    hvm-bios) printf 'firmware = "bios"\nboot = "c"\nhdtype = "ahci"\n' ;;
    hvm-uefi) printf 'firmware = "ovmf"\nboot = "c"\nhdtype = "ahci"\n' ;;
  esac
  [ -z "${LAB_ROW_EXTRA:-}" ] || printf '%b\n' "$LAB_ROW_EXTRA"
} >"$config"

ready() { cat "$console" "$serial" 2>/dev/null | grep -a -m1 -o 'relight-ready lab {.*}'; }
# GRUB's own last words: it stays in its menu for ever.
stuck() { grep -aq 'not xen image\|you need to load the kernel first' "$console" 2>/dev/null; }
gone() { ! xl domid "$name" >/dev/null 2>&1; }
ended() { ready >/dev/null || stuck || gone || xl list "$name" | grep -q -- '---sc-\|----c-'; }

xl dmesg -c >/dev/null 2>&1
rm -f "$console" /var/log/xen/qemu-dm-"$name"*.log /var/log/xen/bootloader.*.log
started=$(date +%s.%N)
check "xl create" xl create "$config"
if [ "$guest" = hvm ]; then
  cat "$(xenstore-read "/local/domain/$(xl domid "$name")/serial/0/tty")" >"$serial" &
fi
wait_until "$deadline" ended
seconds=$(echo "$(date +%s.%N) $started" | awk '{ printf "%.0f", $1 - $2 }')
line=$(ready)
echo "$seconds" >"$LAB_OUT/row-seconds"
echo "$line" >"$LAB_OUT/row-ready"
xl list "$name" >"$LAB_OUT/row-list" 2>&1
xl vcpu-list "$name" >>"$LAB_OUT/row-list" 2>&1
xl destroy "$name" >/dev/null 2>&1
cp "$console" "$LAB_OUT/console.txt" 2>/dev/null
cp /var/log/xen/qemu-dm-"$name"*.log /var/log/xen/bootloader.*.log "$LAB_OUT/" 2>/dev/null
xl dmesg >"$LAB_OUT/row-xl-dmesg" 2>&1
check "ready line" test -n "$line"
finish
