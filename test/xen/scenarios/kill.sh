# shellcheck shell=bash source-path=SCRIPTDIR
# kill.sh MOMENT ENDING: kill -9 of relight in the middle of a rebuild of web1, then `resume` or `rollback`.
. ./lib.sh
. ./guests.sh
moment=$1 ending=$2
write_site
write_guest web1 21
old=$(live_root web1)
before=$(root_volumes web1)

new_volume() { [ "$(root_volumes web1)" != "$before" ]; }
case $moment in
  volume) reached() { new_volume; } ;;
  copy) reached() { pgrep -x mke2fs >/dev/null; } ;;
  switch) reached() { new_volume && ! running web1; } ;;
esac

relight rebuild web1 --stop --yes >"$LAB_OUT/rebuild.log" 2>&1 &
relight=$!
until reached; do
  kill -0 $relight 2>/dev/null || break
  sleep 0.2
done
check "killed at $moment" kill -9 $relight
wait $relight 2>/dev/null
say "orphans: $(pgrep -ax 'mke2fs|lvcreate|xl' | tr '\n' ' ')"
wait_until 120 sh -c '! pgrep -x "mke2fs|lvcreate"'

if [ "$moment" != switch ]; then
  check 'the old guest still runs' running web1
  check 'from its old root' equals "$old" "$(live_root web1)"
fi
check 'status knows of unfinished work' sh -c 'relight status web1 | grep -i -E "unfinished|resume|rollback"'
if [ "$ending" = resume ]; then
  check 'resume ends with 0' relight resume web1
  check 'a new root runs' test "$(live_root web1)" != "$old"
else
  check 'rollback ends with 0' relight rollback web1 --yes
  check 'the old root runs' equals "$old" "$(live_root web1)"
  check 'nothing of the rebuild is left' equals "$before" "$(root_volumes web1)"
  check 'a second rollback changes nothing' relight rollback web1 --yes
fi
check 'it answers' wait_until 300 into 21 true
check 'the file on the data disk survived' equals precious "$(into 21 cat /srv/precious)"
check 'it starts at boot' test -e /etc/xen/auto/web1.cfg
finish
