import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NetworkLab } from '../support/network-lab.ts';

// Needs root, network namespaces, nftables, iptables, dnsmasq-base, ifupdown, bridge-utils, iputils-arping, udhcpc.
const INTERFACES = `# the administrator's own words
source /etc/network/interfaces.d/*

auto eth0
iface eth0 inet static
    # from the hosting company
    address 203.0.113.10/24
    gateway 203.0.113.1
`;
const NAT_SITE =
  'relight: 1\nnetworks:\n  inside: { mode: nat, bridge: xenbr1, subnet: 10.9.0.0/24, out: eth0 }\n';
const DISKS = 'memory: 512MiB\ndisks: { root: { size: 4GiB } }\n';
const WEB = `${DISKS}nics:
  - network: inside
    address: 10.9.0.10/24
    gateway: 10.9.0.1
    mac: 00:16:3e:00:00:0a
    forward: ["203.0.113.10:8080 -> 80", "203.0.113.10:5353/udp -> 53", "203.0.113.20"]
`;
const APP = `${DISKS}nics: [ { network: inside, address: dhcp, mac: "00:16:3e:00:00:0b" } ]\n`;

let lab: NetworkLab;
beforeEach(() => {
  lab = new NetworkLab(INTERFACES);
  lab.exec('dom0', ['ifup', 'eth0']);
  // Where br_netfilter is in the kernel; its own test switches it on again.
  lab.exec('dom0', ['sysctl', '-q', '-e', '-w', 'net.bridge.bridge-nf-call-iptables=0']);
});
afterEach(() => lab.close());

function startGuests(): void {
  lab.addVif('web1', 'vif1.0', 'eth0', '00:16:3e:00:00:0a');
  lab.ip('dom0', 'link set vif1.0 master xenbr1');
  lab.ip('web1', 'address add 10.9.0.10/24 dev eth0');
  lab.ip('web1', 'route add default via 10.9.0.1');
  lab.addVif('app1', 'vif2.0', 'eth0', '00:16:3e:00:00:0b');
  lab.ip('dom0', 'link set vif2.0 master xenbr1');
}

/** Static and dynamic guests, forwards by port and by address, in both directions, through either firewall. */
async function proveNat(): Promise<void> {
  lab.start('dom0', [
    'dnsmasq',
    '--keep-in-foreground',
    `--conf-file=${lab.at.etc}/relight-host/dnsmasq.conf`,
  ]);
  startGuests();
  const script =
    '#!/bin/sh\n[ "$1" = bound ] || exit 0\nip address add $ip/$mask dev $interface\nip route add default via $router\n';
  lab.exec('app1', ['sh', '-c', 'cat >"$1/lease.sh"; chmod 755 "$1/lease.sh"', 'sh', lab.directory], script);
  lab.exec('app1', [
    'busybox',
    'udhcpc',
    '-i',
    'eth0',
    '-n',
    '-q',
    '-t',
    '20',
    '-s',
    `${lab.directory}/lease.sh`,
  ]);
  expect(lab.ip('app1', '-br address show eth0')).toMatch(/10\.9\.0\.(12[89]|1[3-9]\d|2\d\d)\/24/);
  expect(lab.exec('app1', ['busybox', 'nslookup', 'web1', '10.9.0.1'])).toContain('10.9.0.10');
  await lab.serve('web1', 'tcp', 80);
  await lab.serve('web1', 'udp', 53);
  await lab.serve('out', 'tcp', 81);
  // Out: the dynamic guest appears as dom0, the one with an address of its own as that.
  expect(lab.ask('app1', 'tcp', '203.0.113.1', 81)).toBe('out sees 203.0.113.10');
  expect(lab.ask('web1', 'tcp', '203.0.113.1', 81)).toBe('out sees 203.0.113.20');
  // In: by port, by udp port, by address; the guest sees who really calls.
  expect(lab.ask('out', 'tcp', '203.0.113.10', 8080)).toBe('web1 sees 203.0.113.1');
  expect(lab.ask('out', 'udp', '203.0.113.10', 5353)).toBe('web1 sees 203.0.113.1');
  expect(lab.ask('out', 'tcp', '203.0.113.20', 80)).toBe('web1 sees 203.0.113.1');
  // Hairpin: from the network itself, the guest itself included, and from dom0.
  expect(lab.ask('app1', 'tcp', '203.0.113.10', 8080)).toBe('web1 sees 10.9.0.1');
  expect(lab.ask('web1', 'tcp', '203.0.113.10', 8080)).toBe('web1 sees 10.9.0.1');
  expect(lab.ask('dom0', 'tcp', '203.0.113.10', 8080)).toMatch(/^web1 sees /);
  // A neighbour that routes into the private network gets no further than dom0.
  lab.ip('out', 'route add 10.9.0.0/24 via 203.0.113.10');
  expect(lab.ask('out', 'tcp', '10.9.0.10', 80, 2)).toBe('nothing');
}

describe('nat', () => {
  test('nftables: masquerading, DHCP, DNS, forwards and hairpin; a second run has nothing to do; the undo ends it', async () => {
    lab.writeSite(NAT_SITE, { web1: WEB, app1: APP });
    lab.exec('dom0', ['nft', 'add', 'table', 'inet', 'foreign']);
    const actions = await lab.setUp();
    expect(actions.map((action) => action.id)).toEqual([
      'network-sysctl',
      'network-inside',
      'network-dnsmasq',
      'network-firewall',
    ]);
    await proveNat();
    expect(lab.exec('dom0', ['nft', 'list', 'tables'])).toContain('table inet foreign');
    // Run again with everything in place: nothing to do, and the loader by itself changes nothing.
    expect(await lab.plan()).toEqual({ actions: [], issues: [] });
    const before = lab.exec('dom0', ['nft', 'list', 'table', 'ip', 'relight']);
    lab.exec('dom0', [`${lab.at.etc}/relight-host/load-networks`]);
    expect(lab.exec('dom0', ['nft', 'list', 'table', 'ip', 'relight'])).toBe(before);
    // The guest leaves the site: its forwards go, the other's masquerading stays.
    lab.writeSite(NAT_SITE, { app1: APP });
    expect((await lab.setUp()).map((action) => action.id)).toEqual(['network-dnsmasq', 'network-firewall']);
    expect(lab.ask('out', 'tcp', '203.0.113.10', 8080, 5)).toBe('ECONNREFUSED');
    expect(lab.ask('app1', 'tcp', '203.0.113.1', 81)).toBe('out sees 203.0.113.10');
    expect(lab.ip('dom0', '-br address show eth0')).not.toContain('203.0.113.20');
    await lab.undo(actions);
    expect(lab.exec('dom0', ['nft', 'list', 'tables'])).toBe('table inet foreign\n');
    expect(lab.exec('dom0', ['sysctl', '-n', 'net.ipv4.ip_forward']).trim()).toBe('0');
    expect(lab.ip('dom0', '-br link show type bridge')).toBe('');
  });

  test('iptables with FORWARD DROP: the same, and not a rule of anybody else is touched', async () => {
    lab.writeSite(NAT_SITE, { web1: WEB, app1: APP });
    lab.exec('dom0', ['iptables', '-P', 'FORWARD', 'DROP']);
    lab.exec('dom0', ['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '9', '-j', 'DROP']);
    const actions = await lab.setUp();
    await proveNat();
    expect(await lab.plan()).toEqual({ actions: [], issues: [] });
    lab.exec('dom0', [`${lab.at.etc}/relight-host/load-networks`]);
    const saved = lab.exec('dom0', ['iptables-save']);
    expect(saved.match(/-j RELIGHT-DNAT/g)).toHaveLength(2);
    expect(saved).toContain('-A INPUT -p tcp -m tcp --dport 9 -j DROP');
    await lab.undo(actions);
    expect(lab.exec('dom0', ['iptables-save'])).not.toContain('RELIGHT');
  });
});
