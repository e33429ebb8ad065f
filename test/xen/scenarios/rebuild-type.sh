# shellcheck shell=bash source-path=SCRIPTDIR
# rebuild-type.sh TYPE BOOT: a guest of this type that boots this way, by the route bootstrap, to its own word for what it is.
. ./lib.sh
. ./guests.sh
type=$1 boot=$2
write_site
GUEST_TYPE=$type GUEST_BOOT=$boot GUEST_MEMORY=512MiB write_guest kind1 24
started=$(date +%s)
check 'rebuild ends with 0' relight rebuild kind1 --yes
echo "rebuild: $(($(date +%s) - started)) s" | tee "$LAB_OUT/times"
check 'it can be reached' into 24 true
wanted=$(echo "$type" | tr '[:lower:]' '[:upper:]')
check 'it says what it is' equals "$wanted" "$(into 24 cat /sys/hypervisor/guest_type)"
relight status kind1 --json >"$LAB_OUT/status.json"
# An HVM guest whose disks and nics are Xen's is PVHVM (status says so).
check 'status reports it' grep -qE "\"(PV)?$wanted\"" "$LAB_OUT/status.json"
cp /etc/xen/kind1.cfg "$LAB_OUT/"
xl destroy kind1
for volume in $(lvs --noheadings -o lv_name vg0 | grep kind1-); do lvremove -qq -y "vg0/$volume"; done
rm -rf /etc/relight/domus/kind1.yaml /etc/xen/auto/kind1.cfg /etc/xen/kind1.cfg
finish
