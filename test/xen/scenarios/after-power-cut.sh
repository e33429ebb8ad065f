# shellcheck shell=bash source-path=SCRIPTDIR
# After the power cut: nothing half-built starts by itself, and the rebuild can be finished.
. ./lib.sh
. ./guests.sh
check 'the configuration is whole' xl create -n /etc/xen/web1.cfg
# As at boot: everything in /etc/xen/auto is started.
check 'xendomains starts what is to start' /etc/init.d/xendomains start
check 'no verification runs' fails 1 running web1~verify
check 'nothing half-built runs' sh -c "! xl list -l | grep -o 'web1-root\.[0-9a-f]*' | grep -v -F '$(cat /root/before-power-cut)'"
check 'status knows of unfinished work' sh -c 'relight status web1 | grep -i -E "unfinished|resume|rollback"'
check 'resume ends with 0' relight resume web1
check 'a new root runs' sh -c "! grep -q '$(live_root web1)' /root/before-power-cut"
check 'it answers' wait_until 300 into 21 true
check 'the file on the data disk survived' equals precious "$(into 21 cat /srv/precious)"
finish
