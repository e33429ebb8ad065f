# shellcheck shell=bash source-path=SCRIPTDIR
# hvm-tiny.sh SECONDS: an HVM guest with a kernel that xl hands over and an initrd of one static program. Whether emulated
# HVM boots at all, and where its time goes: marks.txt has the seconds at which each stage was first seen.
. ./lib.sh
deadline=$1
name=hvm-tiny
tree=$(mktemp -d)
mkdir -p "$tree"/{bin,proc,sys,dev}
cp "$(command -v busybox)" "$tree/bin/busybox"
cat >"$tree/init" <<'EOF'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
type=$(/bin/busybox cat /sys/hypervisor/guest_type)
up=$(/bin/busybox cut -d' ' -f1 /proc/uptime)
echo "relight-ready lab {\"type\":\"$type\",\"kernel\":\"$(/bin/busybox uname -r)\",\"uptime\":\"$up\"}" >/dev/ttyS0
/bin/busybox poweroff -f
EOF
chmod 755 "$tree/init"
(cd "$tree" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1) >/root/hvm-tiny.img
kernel=/lab/guests/trixie/vmlinuz
[ -e $kernel ] || kernel=$(ls /boot/vmlinuz-* | head -1)
cat >/root/hvm-tiny.cfg <<EOF
name = "$name"
type = "hvm"
memory = 256
vcpus = 1
kernel = "$kernel"
ramdisk = "/root/hvm-tiny.img"
cmdline = "console=ttyS0,115200n8 pci=noearly ${HVM_WORDS-quiet}"
serial = [ "pty" ]
vnc = 0
vga = "none"
usb = 0
on_crash = "preserve"
EOF
started=$(date +%s)
xl dmesg -c >/dev/null
check 'xl create' xl create /root/hvm-tiny.cfg
serial=$LAB_OUT/serial.txt
cat "$(xenstore-read "/local/domain/$(xl domid $name)/serial/0/tty")" >"$serial" 2>/dev/null &
stage() {
  grep -q "^[0-9]* $1$" "$LAB_OUT/marks.txt" 2>/dev/null || ! grep -aqE "$2" "$serial" "$LAB_OUT/dmesg.txt" 2>/dev/null ||
    echo "$(($(date +%s) - started)) $1" >>"$LAB_OUT/marks.txt"
}
look() {
  xl dmesg -c >>"$LAB_OUT/dmesg.txt" 2>/dev/null
  stage hvmloader 'HVM Loader'
  stage seabios 'Invoking SeaBIOS|SeaBIOS \(version'
  stage kernel 'Linux version'
  stage xen 'Hypervisor detected: Xen HVM'
  stage pci 'PCI: Using configuration type|pci_bus 0000:00'
  stage init 'Run /init'
  stage ready 'relight-ready lab'
  grep -aq 'relight-ready lab' "$serial" || ! xl domid $name >/dev/null 2>&1
}
wait_until "$deadline" look
cp /var/log/xen/qemu-dm-$name.log "$LAB_OUT/" 2>/dev/null
xl vcpu-list $name >"$LAB_OUT/vcpu" 2>&1
xl destroy $name 2>/dev/null
cat "$LAB_OUT/marks.txt"
check 'the guest said that it is HVM' grep -aq 'relight-ready lab {"type":"HVM"' "$serial"
finish
