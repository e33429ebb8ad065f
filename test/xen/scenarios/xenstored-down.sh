# shellcheck shell=bash source-path=SCRIPTDIR
# The last of a session: xenstored cannot be started a second time, so that nothing works afterwards.
. ./lib.sh
. ./guests.sh
write_site
write_guest bad5 37
check 'first it works' relight plan bad5
# Debian runs oxenstored where it has it (/etc/init.d/xen), and xenstored elsewhere.
store=$(cat /run/xenstore.pid)
check 'xenstored is killed' kill -KILL "$store"
check 'and gone' wait_until 30 sh -c "! kill -0 $store 2>/dev/null"
check 'refused with 4' fails 4 timeout 300 relight rebuild bad5 --yes
check 'status too' fails 4 timeout 300 relight status bad5
finish
