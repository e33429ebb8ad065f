# shellcheck shell=bash source-path=SCRIPTDIR
# The dom0 itself is what the other scenarios take for granted.
. ./lib.sh
check 'this is dom0' grep -q control_d /proc/xen/capabilities
check 'xl answers' xl info
check 'HVM and PVH are possible' sh -c "xl info | grep -q 'xen_caps.*hvm-3.0-x86_64'"
check 'the bridge is up' ip -br link show xenbr0
check 'the volume group is there' vgs vg0
check 'the cache listens' wait_until 30 curl -fsS -o /dev/null http://127.0.0.1:3142/acng-report.html
check 'node is new enough' node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'
check 'apt knows its archives' sh -c "apt-get indextargets --format '\$(REPO_URI)' | grep -q ."
check 'a volume can be made and removed' sh -c 'lvcreate -qq -y -L 64M -n lab-try vg0 && lvremove -qq -y vg0/lab-try'
finish
