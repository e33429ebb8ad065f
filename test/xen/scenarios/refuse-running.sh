# shellcheck shell=bash source-path=SCRIPTDIR
# After rebuild-fresh: the guest runs, so without --stop nothing may happen. And what `status` says of that guest.
. ./lib.sh
. ./guests.sh
fingerprint >"$LAB_OUT/before"
check 'refused with 4' fails 4 relight rebuild web1 --yes
fingerprint >"$LAB_OUT/after"
check 'nothing has changed' diff "$LAB_OUT/before" "$LAB_OUT/after"

relight status web1 --json >"$LAB_OUT/status.json"
check 'no field drifts' equals '[]' "$(node -p 'JSON.stringify(JSON.parse(require("fs").readFileSync(0)).guests[0].drift)' <"$LAB_OUT/status.json")"
xl list -l web1 >"$LAB_OUT/xl-list-long.json"
GUEST_MEMORY=512MiB write_guest web1 21
sed 's/^vcpus = 1/vcpus = 2/' -i.kept /etc/xen/web1.cfg
relight status web1 | tee "$LAB_OUT/status.txt"
check 'memory: three sides' grep -q 'drift .*memory: 512 MiB wanted, 384 MiB configured, 384 MiB running' "$LAB_OUT/status.txt"
check 'vcpus: three sides' grep -q 'drift .*vcpus: 1 wanted, 2 configured, 1 running' "$LAB_OUT/status.txt"
mv /etc/xen/web1.cfg.kept /etc/xen/web1.cfg
write_guest web1 21
check 'and none again' sh -c '! relight status web1 | grep drift'
finish
