# shellcheck shell=bash source-path=SCRIPTDIR
# What is refused before anything is touched. Every case must leave volumes, configurations and domains as they were.
. ./lib.sh
. ./guests.sh
write_site
refused() {
  local what=$1 status=$2
  shift 2
  fingerprint >"$LAB_OUT/before"
  check "$what: exit $status" fails "$status" "$@"
  fingerprint >"$LAB_OUT/after"
  check "$what: nothing has changed" diff "$LAB_OUT/before" "$LAB_OUT/after"
}

GUEST_ROOT=900GiB write_guest small 31
refused 'volume group too small' 4 relight rebuild small --yes

lvcreate -qq -y -L 64M -n bad1-srv vg0
write_guest bad1 32
refused 'volume name taken by a stranger' 4 relight rebuild bad1 --yes --dry-run
lvremove -qq -y vg0/bad1-srv

sed 's/bridge: xenbr0/bridge: xenbr7/' -i /etc/relight/site.yaml
write_guest bad2 33
refused 'missing bridge' 4 relight rebuild bad2 --yes
write_site

GUEST_MEMORY=64GiB write_guest bad3 34
refused 'too little memory' 4 relight rebuild bad3 --yes

# As if the package had been removed: its program, and what dpkg says of it.
qemu=/usr/libexec/xen-qemu-system-i386
mv $qemu /root/qemu.kept
cp -p /var/lib/dpkg/status /root/status.kept
sed '/^Package: qemu-system-xen$/,/^$/s/^Status: .*/Status: deinstall ok config-files/' -i /var/lib/dpkg/status
GUEST_TYPE=hvm GUEST_BOOT=bios write_guest bad4 35
refused 'no qemu-system-xen for HVM' 4 relight rebuild bad4 --yes
mv /root/qemu.kept $qemu
mv /root/status.kept /var/lib/dpkg/status

# Another xl that creates a domain, and hangs: struct flock as in fcntl(2).
write_guest bad6 38
perl -e 'use Fcntl; open my $file, ">>", "/run/lock/xl" or die; my $lock = pack("s s x![q] q q i x![q]", F_WRLCK, 0, 0, 0, 0);
  fcntl($file, F_SETLK, $lock) or die; sleep 600' &
refused 'lock of xl held' 4 relight rebuild bad6 --yes
kill $!
rm /etc/relight/domus/{small,bad?}.yaml
finish
