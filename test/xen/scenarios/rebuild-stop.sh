# shellcheck shell=bash source-path=SCRIPTDIR
# After rebuild-fresh: a second rebuild beside the running guest. The data disk, the SSH host keys and the link stay.
. ./lib.sh
. ./guests.sh
old=$(live_root web1)
check 'rebuild --stop ends with 0' relight rebuild web1 --stop --yes
new=$(live_root web1)
check 'it runs from another root volume' test "$old" != "$new" -a -n "$new"
check 'the old root is still there' lvs "vg0/$old"
check 'the old root is tagged old' sh -c "lvs --noheadings -o lv_tags vg0/$old | grep -q relight.state=old"
check 'the new root is tagged live' sh -c "lvs --noheadings -o lv_tags vg0/$new | grep -q relight.state=live"
check 'it answers with the same host key' into 21 true
check 'the file on the data disk survived' equals precious "$(into 21 cat /srv/precious)"
check 'it starts at boot' test -e /etc/xen/auto/web1.cfg
finish
