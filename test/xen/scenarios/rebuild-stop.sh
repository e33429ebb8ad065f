# shellcheck shell=bash source-path=SCRIPTDIR
# After rebuild-fresh: a second rebuild beside the running guest. The data disk, the SSH host keys and the link stay.
. ./lib.sh
. ./guests.sh
old=$(live_root web1)
relight rebuild web1 --stop --yes >"$LAB_OUT/rebuild.log" 2>&1 &
rebuild=$!
wait_until 120 sh -c 'relight status web1 | grep -q "at work .*relight watch"'
relight watch web1 >"$LAB_OUT/watch.txt" 2>&1 &
watch=$!
wait $rebuild
check 'rebuild --stop ends with 0' equals 0 $?
wait $watch
check 'watch ends with it' equals 0 $?
check 'watch saw its phases' grep -q ' done commit' "$LAB_OUT/watch.txt"
check 'watch saw the console of the guest' grep -q '| .*relight-ready' "$LAB_OUT/watch.txt"
check 'watch cleaned it of control sequences' sh -c "! grep -q '$(printf '\033')' '$LAB_OUT/watch.txt'"
tail -n 12 "$LAB_OUT/rebuild.log"
new=$(live_root web1)
check 'it runs from another root volume' test "$old" != "$new" -a -n "$new"
check 'the old root is still there' lvs "vg0/$old"
check 'the old root is tagged old' sh -c "lvs --noheadings -o lv_tags vg0/$old | grep -q relight.state=old"
check 'the new root is tagged live' sh -c "lvs --noheadings -o lv_tags vg0/$new | grep -q relight.state=live"
check 'it answers with the same host key' into 21 true
check 'the file on the data disk survived' equals precious "$(into 21 cat /srv/precious)"
check 'it starts at boot' test -e /etc/xen/auto/web1.cfg
finish
