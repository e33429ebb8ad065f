/** The example site on a dom0 of its own: its network becomes a private one, its packages come through the cache. */
export const MAKE_SITE = `set -e
cp -r /lab/site /etc/relight
cd /etc/relight
mkdir -p /root/.ssh
install -m 600 /lab/key /root/.ssh/id_ed25519
cat >site.new <<'END'
relight: 1
host:
  storage: { lvm: vg0 }
  cache: { apt-cacher-ng: "192.0.2.1:3142", guests: keep }
  dom0: { memory: 2GiB, vcpus: 2, guests-at-shutdown: shutdown }
networks:
  lan: { mode: nat, bridge: xenbr0, subnet: 192.0.2.0/24, out: eth0 }
END
sed -n '/^defaults:/,$p' site.yaml | sed "s|ssh-ed25519 .*|$(cat /lab/key.pub)|" >>site.new
mv site.new site.yaml
sed -i 's|gateway: .* }|gateway: 192.0.2.1, dns: [192.0.2.1], forward: ["10.0.2.15:8080 -> 80"] }|' domus/hello.yaml
`;

/** As the installer leaves a machine: GRUB put there by its own grub-install. */
export const INSTALL_GRUB = 'grub-install /dev/vda && update-grub';

/** Kills relight, and what it started, while dpkg unpacks Xen. */
export const KILL_SETUP = `relight dom0 setup --storage /dev/vdb --yes &
pid=$!
until ls -d /usr/lib/xen-4*/bin >/dev/null 2>&1; do
  kill -0 $pid 2>/dev/null || exit 9
  sleep 0.2
done
kill -9 $pid
relight dom0 setup --yes
echo "while apt goes on: $?"
pkill -9 -x apt-get
pkill -9 -x dpkg
sleep 2
relight dom0 setup --yes
echo "afterwards: $?"
dpkg --audit
`;

/** QEMU's emulation tells a nested Xen of a trapped RDTSC in a way that it cannot use: see test/xen/dom0/xl-wrapper.sh. */
export const WRAP_XL = `set -e
cd /usr/lib/xen-4*/bin
[ ! -e xl.real ] || exit 0
mv xl xl.real
printf '%s\\n' '#!/bin/sh' 'for word; do if [ "$word" = create ]; then exec "$0.real" "$@" "tsc_mode=\\"native\\""; fi; done' 'exec "$0.real" "$@"' >xl
chmod 755 xl
`;

/** A guest on the nat network fetches a package; the proxy in its settings is the cache on dom0. */
export const FETCH_IN_GUEST = `set -e
guest() { ssh -o StrictHostKeyChecking=accept-new -o ConnectTimeout=60 admin@192.0.2.10 "$@"; }
guest 'apt-config dump | grep -i "^acquire::http::proxy"'
guest 'sudo apt-get -q update && apt-get -q download hello && ls hello_*.deb'
find /var/cache/apt-cacher-ng -name 'hello_*.deb' | grep .
find /var/cache/apt-cacher-ng -name 'nginx*.deb' | grep .
`;

/** The site with a bridge over the second interface, which takes over its address. */
export const MAKE_BRIDGE_SITE = `cp -rT /etc/relight /etc/relight-bridge
sed -i 's|^networks:|networks:\\n  wire: { mode: bridge, bridge: xenbr9, interface: eth1 }|' /etc/relight-bridge/site.yaml
relight dom0 setup --site /etc/relight-bridge --yes
ip -br address show dev xenbr9
`;

export const WAIT_FOR_RETURN = `for second in $(seq 240); do
  if [ -e /var/lib/relight/host/network-change/ended ]; then break; fi
  sleep 1
done
cat /etc/network/interfaces
ip -br address show dev eth1
ip link show dev xenbr9
ping -c 1 -W 5 10.0.3.2
relight dom0 confirm
`;

export const CONFIRM = `relight dom0 confirm
sleep 130
ip -br address show dev xenbr9
ping -c 1 -W 5 10.0.3.2
relight dom0 check --site /etc/relight-bridge
`;

/** Each of the programs that own a firewall is installed for real, and setup must keep its hands off. Counters count on. */
export function askUnder(packages: string, start: string, stop: string): string {
  return `apt-get -qq install -y --no-install-recommends ${packages} || exit 9
${start} || exit 8
nft --stateless list ruleset >/root/before
relight dom0 setup --yes
echo "setup: $?"
nft --stateless list ruleset >/root/after
cmp /root/before /root/after && echo unchanged
${stop}
apt-get -qq purge -y ${packages}
`;
}

/** Minimal settings of shorewall(8): it loads nothing without them. */
export const SHOREWALL = `cd /etc/shorewall && echo 'fw firewall
net ipv4' >zones && echo 'net eth0' >interfaces && echo 'all all ACCEPT' >policy && systemctl start shorewall`;

const THIN_SITE = `mkdir -p /etc/relight-thin
cat >/etc/relight-thin/site.yaml <<'END'
relight: 1
host:
  storage: { lvm: vg1, thin: pool }
  dom0: { memory: 2GiB, vcpus: 2, guests-at-shutdown: shutdown }
END
`;

/** A dom0 without networks and guests. Killed between the volume group and its pool, and taken back; then made for good. */
export const THIN_POOL = `${THIN_SITE}
apt-get -qq install -y --no-install-recommends thin-provisioning-tools || exit 9
relight dom0 setup --site /etc/relight-thin --storage /dev/vdc --yes &
pid=$!
until vgs vg1 >/dev/null 2>&1; do
  kill -0 $pid 2>/dev/null || exit 8
  sleep 0.1
done
kill -9 $pid
for try in $(seq 60); do relight rollback dom0 --site /etc/relight-thin && break; sleep 1; done
echo "after rollback: $(vgs --noheadings -o vg_name | tr -d ' \\n') $(wipefs --noheadings /dev/vdc)."
relight dom0 setup --site /etc/relight-thin --storage /dev/vdc --yes || exit 7
lvs --noheadings -o lv_name,segtype vg1
relight dom0 check --site /etc/relight-thin
echo "check: $?"
`;
