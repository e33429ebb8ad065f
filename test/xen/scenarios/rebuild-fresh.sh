# shellcheck shell=bash source-path=SCRIPTDIR
# A PV guest by the route bootstrap onto fresh volumes.
. ./lib.sh
. ./guests.sh
write_site
write_guest web1 21
relight check
started=$(date +%s)
check 'rebuild ends with 0' relight rebuild web1 --yes
echo "rebuild: $(($(date +%s) - started)) s" | tee "$LAB_OUT/times"
check 'the guest runs' running web1
check 'it runs from the one root volume' equals "$(root_volumes web1)" "$(live_root web1)"
check 'the kept volume was made' lvs vg0/web1-srv
check 'it starts at boot' equals /etc/xen/web1.cfg "$(readlink -f /etc/xen/auto/web1.cfg)"
check 'nothing of the verification is left' fails 1 running web1~verify
check 'the guest can be reached' into 21 true
check 'its data disk is mounted' into 21 mountpoint -q /srv
check 'a file goes onto the data disk' into 21 "sudo -n sh -c 'echo precious >/srv/precious && sync'"
check 'status says so' relight status web1
relight status web1 --json >"$LAB_OUT/status.json"
check 'status reports PV' grep -q '"PV"' "$LAB_OUT/status.json"
finish
