# shellcheck shell=bash source-path=SCRIPTDIR
# A standard image that the host baked and pushed to a directory: pulled on dom0, restored onto a logical volume, to the
# ready line of a PV guest; a second time over it; and the way back.
. ./lib.sh
. ./guests.sh
# Nothing here installs a package: neither the scenarios' mmdebstrap nor the real one may be wanted.
export PATH=${PATH#/lab/scenarios/bin:}
write_site
mkdir -p /etc/relight/images
printf 'suite: trixie\npackages: [sudo]\n' >/etc/relight/images/base.yaml
GUEST_ROOT=2GiB write_guest image1 24
sed -i 's/^install: .*/install: image:base/' /etc/relight/domus/image1.yaml
: >"$LAB_OUT/times"
# timed WHAT COMMAND...
timed() {
  local what=$1 status=0 started
  shift
  started=$(date +%s)
  "$@" || status=$?
  echo "$what: $(($(date +%s) - started)) s" | tee -a "$LAB_OUT/times"
  return $status
}

check 'an image of a key that nobody trusts is not taken' fails 3 relight image pull /lab/store base
check 'the image is pulled, each chunk compared' timed pull relight image pull /lab/store base --key "$(cat /lab/store/key)"
# What lay on the volume group before must not shine through: blocks that the image has as zero are zeroed.
lvcreate -qq -y -L 2G -n lab-noise vg0 && openssl enc -aes-128-ctr -pass pass:noise -nosalt </dev/zero 2>/dev/null |
  dd of=/dev/vg0/lab-noise bs=1M count=400 iflag=fullblock status=none
lvremove -qq -y vg0/lab-noise
check 'rebuild ends with 0' timed rebuild relight rebuild image1 --yes
check 'the guest runs' running image1
check 'it runs from the one root volume' equals "$(root_volumes image1)" "$(live_root image1)"
check 'it can be reached' into 24 true
check 'it is the image' into 24 grep -qx Baked. /etc/motd
check 'it has a name of its own' equals image1 "$(into 24 hostname)"
check 'its filesystem fills its volume' into 24 "[ \$(df --output=size -B1M / | tail -1) -gt 1700 ]"
check 'status says so' relight status image1
old=$(root_volumes image1)
check 'a rebuild over it ends with 0' timed 'rebuild over it' relight rebuild image1 --stop --yes
check 'it runs from another volume' fails 1 test "$old" = "$(live_root image1)"
check 'the way back ends with 0' timed rollback relight rollback image1 --yes
check 'it runs from the old volume again' equals "$old" "$(live_root image1)"
xl destroy image1
rm -rf /etc/relight/domus/image1.yaml /etc/relight/images /etc/xen/auto/image1.cfg
finish
