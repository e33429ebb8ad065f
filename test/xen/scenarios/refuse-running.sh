# shellcheck shell=bash source-path=SCRIPTDIR
# After rebuild-fresh: the guest runs, so without --stop nothing may happen.
. ./lib.sh
. ./guests.sh
fingerprint >"$LAB_OUT/before"
check 'refused with 4' fails 4 relight rebuild web1 --yes
fingerprint >"$LAB_OUT/after"
check 'nothing has changed' diff "$LAB_OUT/before" "$LAB_OUT/after"
finish
