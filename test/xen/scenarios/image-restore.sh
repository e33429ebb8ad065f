# shellcheck shell=bash source-path=SCRIPTDIR
# A standard image, baked on dom0 by the real mmdebstrap, onto a logical volume, to the ready line of a PV guest; twice.
. ./lib.sh
. ./guests.sh
export PATH=${PATH#/lab/scenarios/bin:}
write_site
mkdir -p /etc/relight/images
cat >/etc/relight/images/base.yaml <<EOF
suite: trixie
packages: [openssh-server, sudo]
files: [ { text: "Baked.\n", to: /etc/motd } ]
EOF
GUEST_ROOT=2GiB write_guest image1 24
sed -i 's/^install: .*/install: image:base/' /etc/relight/domus/image1.yaml
started=$(date +%s)
check 'the bake ends with 0' relight image bake base
echo "bake: $(($(date +%s) - started)) s" | tee "$LAB_OUT/times"
check 'every chunk of the image is right' relight image verify base
# What lay on the volume group before must not shine through: blocks that the image has as zero are zeroed.
lvcreate -qq -y -L 2G -n lab-noise vg0 && openssl enc -aes-128-ctr -pass pass:noise -nosalt </dev/zero 2>/dev/null |
  dd of=/dev/vg0/lab-noise bs=1M count=700 iflag=fullblock status=none
lvremove -qq -y vg0/lab-noise
started=$(date +%s)
check 'rebuild ends with 0' relight rebuild image1 --yes
echo "rebuild: $(($(date +%s) - started)) s" | tee -a "$LAB_OUT/times"
check 'the guest runs' running image1
check 'it runs from the one root volume' equals "$(root_volumes image1)" "$(live_root image1)"
check 'it can be reached' into 24 true
check 'it is the image' into 24 grep -qx Baked. /etc/motd
check 'it has a name of its own' equals image1 "$(into 24 hostname)"
check 'its filesystem fills its volume' into 24 "[ \$(df --output=size -B1M / | tail -1) -gt 1700 ]"
check 'status says so' relight status image1
old=$(root_volumes image1)
check 'a rebuild over it ends with 0' relight rebuild image1 --stop --yes
check 'it runs from another volume' fails 1 test "$old" = "$(live_root image1)"
check 'the way back ends with 0' relight rollback image1 --yes
check 'it runs from the old volume again' equals "$old" "$(live_root image1)"
xl destroy image1
rm -f /etc/relight/domus/image1.yaml /etc/relight/images/base.* /etc/xen/auto/image1.cfg
finish
