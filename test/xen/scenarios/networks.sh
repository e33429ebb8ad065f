# shellcheck shell=bash source-path=SCRIPTDIR
# Networks that `dom0 setup` makes, with real vifs: a guest on a nat network that is reached from outside by a forwarded port
# and fetches a package through dom0's cache, and a routed guest with an address of its own. The outside is a network
# namespace on the wire of xenbr0, as another machine would be.
. ./lib.sh
. ./guests.sh

outside() { ip netns exec outside "$@"; }
# from_outside ADDRESS PORT: the first line that the server says
from_outside() { outside timeout 60 bash -c "exec 3<>/dev/tcp/$1/$2 && head -n 1 <&3" 2>/dev/null; }
says_ssh() { from_outside "$1" "$2" | grep -q '^SSH-2.0'; }

apt-get -qq update
apt-get -qq install -y --no-install-recommends xen-system-amd64 grub-pc dnsmasq-base iputils-arping
mkdir -p /boot/grub
grep -q interfaces.d /etc/network/interfaces || sed -i '1i source /etc/network/interfaces.d/*' /etc/network/interfaces

ip netns add outside
ip link add lab-wire type veth peer name eth0 netns outside
ip link set lab-wire master xenbr0 up
ip -n outside link set eth0 up
ip -n outside link set lo up
ip -n outside address add 10.0.2.200/24 dev eth0

write_site '{ lvm: vg0 }' '{ apt-cacher-ng: "10.9.0.1:3142", guests: keep }'
sed -i 's|^  lan:.*|&\n  inside: { mode: nat, bridge: xenbr1, subnet: 10.9.0.0/24, out: xenbr0 }\n  public: { mode: routed, interface: xenbr0 }|
s|^  hypervisor: xl|&\n  dom0: { memory: 3GiB }|' /etc/relight/site.yaml
# write_on NAME NICS: a guest with other nics than the scenarios' own
write_on() {
  write_guest "$1" 0 ''
  sed -i "s|^  - { network: lan.*|  - { $2, dns: [10.0.2.3] }|" "/etc/relight/domus/$1.yaml"
}
write_on nat1 'network: inside, address: 10.9.0.10/24, gateway: 10.9.0.1, forward: ["10.0.2.15:2222 -> 22"]'
write_on routed1 'network: public, address: 10.0.2.25/24, gateway: 10.0.2.2'

check 'the site is right' relight check
# The cache's settings are of the lab's own hand.
check 'setup makes the networks' relight dom0 setup --force --yes
check 'a second setup has nothing to do' sh -c 'relight dom0 setup --yes | grep -q "Nothing to do"'
check 'the cache answers on the private bridge' curl -sS -o /dev/null http://10.9.0.1:3142/
for guest in nat1 routed1; do
  check "rebuild of $guest ends with 0" relight rebuild "$guest" --yes
done
check 'the vif of the nat guest is on the private bridge' sh -c 'bridge link | grep "vif.*master xenbr1"'
check 'the routed guest has a route, and no bridge' sh -c 'ip route show 10.0.2.25 | grep "dev vif"'

check 'outside reaches the nat guest by the forwarded port' wait_until 120 says_ssh 10.0.2.15 2222
check 'outside does not reach its own address' fails 1 says_ssh 10.9.0.10 22
check 'outside reaches the routed guest' wait_until 120 says_ssh 10.0.2.25 22
# The guests have no ping.
outside busybox nc -ll -p 7777 -e echo hello &
server=$!
reaches() { into_address "$1" "timeout 60 bash -c 'head -n 1 </dev/tcp/$2/$3'" | grep -q "$4"; }
check 'the nat guest reaches the outside' reaches 10.9.0.10 10.0.2.200 7777 hello
check 'the routed guest reaches the outside' reaches 10.0.2.25 10.0.2.200 7777 hello
check 'the nat guest reaches the routed one' reaches 10.9.0.10 10.0.2.25 22 SSH-2.0
kill $server

check 'the nat guest keeps the cache' sh -c "ssh -o BatchMode=yes anna@10.9.0.10 apt-config dump | grep -q 'http::Proxy.*10.9.0.1:3142'"
check 'the nat guest fetches a package' into_address 10.9.0.10 'sudo apt-get -qq update && apt-get -qq download hello && ls hello_*.deb'
check 'it came through the cache' sh -c 'find /var/cache/apt-cacher-ng -name "hello_*.deb" | grep -q .'
check 'status shows the forward' sh -c 'relight status nat1 | grep -q 10.0.2.15:2222'
relight map | tee "$LAB_OUT/map.txt"
check 'the map shows both guests on their vifs' sh -c "grep -q nat1 '$LAB_OUT/map.txt' && grep -q routed1 '$LAB_OUT/map.txt'"
check 'dom0 check has no complaint about the networks' sh -c 'relight dom0 check --json >/tmp/check.json; ! grep -B3 "\"state\": \"\(todo\|broken\|refused\)\"" /tmp/check.json | grep "\"area\": \"network\""'

for guest in nat1 routed1; do
  xl destroy "$guest"
  rm -f "/etc/relight/domus/$guest.yaml" "/etc/xen/auto/$guest.cfg"
done
check 'what was set up is taken back' relight rollback dom0 --yes
check 'the private bridge is gone' fails 1 ip link show xenbr1
ip netns delete outside
write_site
finish
