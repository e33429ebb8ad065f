# shellcheck shell=bash source-path=SCRIPTDIR
# The same rebuild with the volumes in a thin pool.
. ./lib.sh
. ./guests.sh
lvcreate -qq -y --type thin-pool -L 3G -n pool vg0
write_site '{ lvm: vg0, thin: pool }'
write_guest thin1 22
check 'rebuild ends with 0' relight rebuild thin1 --yes
check 'the root volume is thin' equals pool "$(lvs --noheadings -o pool_lv "vg0/$(root_volumes thin1)" | tr -d ' ')"
check 'it answers' into 22 true
xl destroy thin1
rm /etc/relight/domus/thin1.yaml /etc/xen/auto/thin1.cfg
write_site
finish
