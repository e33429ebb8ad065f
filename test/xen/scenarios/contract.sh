# shellcheck shell=bash source-path=SCRIPTDIR
# Replays the contract of the fake dom0 (test/fake-dom0/contract.ts, handed over as contract.json) against real xl and LVM.
. ./lib.sh
truncate -s 400M /root/contract.img
loop=$(losetup --find --show /root/contract.img)
vgcreate -qq contract "$loop"
node contract.mjs contract "$LAB_OUT/checks"
xl destroy contract 2>/dev/null
vgremove -qq -y contract
losetup -d "$loop"
check 'every case was tried' equals "$(node -p 'JSON.parse(require("fs").readFileSync("/lab/contract.json", "utf8")).length')" \
  "$(grep -c ' - contract: ' "$LAB_OUT/checks")"
check 'no case differs' sh -c "! grep -q '^not ok - contract: ' '$LAB_OUT/checks'"
finish
