# shellcheck shell=bash source-path=SCRIPTDIR
# The last of a session: xenstored cannot be started a second time, so that nothing works afterwards.
. ./lib.sh
. ./guests.sh
write_site
write_guest bad5 37
check 'first it works' relight plan bad5
pkill -x xenstored
check 'refused with 4' fails 4 timeout 120 relight rebuild bad5 --yes
check 'status too' fails 4 timeout 120 relight status bad5
finish
