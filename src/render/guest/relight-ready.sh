#!/bin/sh
# Prints the ready line on every active console: relight waits for it, and believes it only with this rebuild's nonce.
# A line written to /dev/console reaches the last console of the command line only, so each is named.
nonce=$(cat /etc/relight/nonce 2>/dev/null) || exit 0

# A trial boot has no kept disks. Where none of their devices is attached, nothing is worth waiting for.
absent=0
for letter in $(cat /etc/relight/kept-disks 2>/dev/null); do
  absent=1
  for device in "/sys/block/xvd$letter" "/sys/block/vd$letter" "/sys/block/sd$letter"; do
    [ -e "$device" ] && absent=0 && break 2
  done
done
if [ "$absent" = 1 ]; then
  for job in $(systemctl list-jobs --plain --no-legend 2>/dev/null | awk '$2 ~ /\.device$/ { print $1 }'); do
    systemctl cancel "$job" 2>/dev/null
  done
fi

state=$(systemctl is-system-running --wait 2>/dev/null)
guest_type=$(cat /sys/hypervisor/guest_type 2>/dev/null)
virtualization=$(systemd-detect-virt 2>/dev/null)
clock=$(cat /sys/devices/system/clocksource/clocksource0/current_clocksource 2>/dev/null)

# Prints its lines of standard input as a JSON list; only harmless bytes survive.
list() {
  tr -cd 'A-Za-z0-9 ./:@_\n-' | awk 'BEGIN { printf "[" } NF { printf "%s\"%s\"", separator, $0; separator = "," } END { printf "]" }'
}

mounts=$(awk '$1 ~ /^\/dev\// { print $2 }' /proc/mounts | list)
failed=$(systemctl list-units --failed --plain --no-legend 2>/dev/null | awk '{ print $1 }' | list)
addresses=$(ip -o addr show scope global 2>/dev/null | awk '{ print $2 " " $4 }' | list)
modules=$(awk '$1 ~ /^xen_|^xen-/ { print $1 }' /proc/modules | list)
line=$(printf 'relight-ready %s {"v":1,"state":"%s","hostname":"%s","kernel":"%s","guest_type":"%s","virtualization":"%s","clock":"%s","mounts":%s,"failed":%s,"addresses":%s,"modules":%s}' \
  "$nonce" "$state" "$(cat /proc/sys/kernel/hostname)" "$(uname -r)" "$guest_type" "$virtualization" "$clock" \
  "$mounts" "$failed" "$addresses" "$modules")

# Three times, a moment apart: kernel messages may cut into one.
for attempt in 1 2 3; do
  for console in $(cat /sys/class/tty/console/active 2>/dev/null); do
    [ "$console" = tty0 ] && continue
    printf '\r\n%s\r\n' "$line" 2>/dev/null >"/dev/$console"
  done
  sleep 2
done
exit 0
