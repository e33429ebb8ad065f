# shellcheck shell=bash source-path=SCRIPTDIR
# After rebuild-stop: the new guest passes its verification and fails its check after the switch. The old one returns.
. ./lib.sh
. ./guests.sh
write_guest web1 21 'checks: [ { port: 22 }, { port: 9 } ]
timeouts: { ready: 40min, shutdown: 20min, checks: 3min }'
old=$(live_root web1)
md5sum /etc/xen/web1.cfg >"$LAB_OUT/before"
check 'rebuild ends with 1' fails 1 relight rebuild web1 --stop --yes
check 'the old configuration is back' md5sum -c "$LAB_OUT/before"
check 'the old root runs again' wait_until 60 sh -c "xl list -l web1 | grep -q '$old'"
check 'it answers' wait_until 300 into 21 true
check 'the file on the data disk survived' equals precious "$(into 21 cat /srv/precious)"
check 'it starts at boot' test -e /etc/xen/auto/web1.cfg
write_guest web1 21
finish
