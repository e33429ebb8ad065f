import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planNetworks } from '../../src/plan/dom0/network.ts';
import { listAdvice } from '../../src/plan/dom0/network-check.ts';
import { pathExists } from '../../src/run/files.ts';
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

describe('routed', () => {
  test('a guest on a routed and a nat network at once: reached from outside at its own address, and the other way', async () => {
    const site = `${NAT_SITE}  public: { mode: routed, interface: eth0 }\n`;
    const web = `${DISKS}nics:
  - { network: public, address: 203.0.113.30/24, gateway: 203.0.113.1, mac: "00:16:3e:00:00:1e" }
  - { network: inside, address: 10.9.0.30/24, mac: "00:16:3e:00:00:1f", forward: ["203.0.113.10:8030 -> 80"] }
`;
    lab.writeSite(site, { web1: web });
    await lab.setUp();
    expect(await lab.plan()).toEqual({ actions: [], issues: [] });
    lab.addVif('web1', 'vif3.0', 'eth0', '00:16:3e:00:00:1e');
    lab.addVif('web1', 'vif3.1', 'eth1', '00:16:3e:00:00:1f');
    lab.ip('dom0', 'link set vif3.1 master xenbr1');
    lab.ip('web1', 'address add 203.0.113.30/24 dev eth0');
    lab.ip('web1', 'address add 10.9.0.30/24 dev eth1');
    // What Xen's vif-route does for `script=vif-route,ip=203.0.113.30`.
    lab.exec('dom0', ['sysctl', '-q', '-w', 'net.ipv4.conf.vif3/0.proxy_arp=1']);
    lab.ip('dom0', 'route add 203.0.113.30 dev vif3.0 src 203.0.113.10');
    await lab.serve('web1', 'tcp', 80);
    await lab.serve('out', 'tcp', 81);
    expect(lab.ask('out', 'tcp', '203.0.113.30', 80)).toBe('web1 sees 203.0.113.1');
    expect(lab.ask('web1', 'tcp', '203.0.113.1', 81)).toBe('out sees 203.0.113.30');
    expect(lab.ask('dom0', 'tcp', '10.9.0.30', 80)).toBe('web1 sees 10.9.0.1');
  });
});

const BRIDGE_SITE = 'relight: 1\nnetworks:\n  lan: { mode: bridge, bridge: xenbr0, interface: eth0 }\n';
const readInterfaces = () => readFileSync(`${lab.at.etc}/network/interfaces`, 'utf8');
const tell = (word: string) => lab.exec('dom0', [`${lab.change}/network-change`, word, lab.change]);

async function waitFor(name: string): Promise<void> {
  for (let left = 600; !pathExists(`${lab.change}/${name}`); left -= 1) {
    if (left === 0) throw new Error(`the change has not ${name}`);
    await sleep(100);
  }
}

async function expectAsBefore(): Promise<void> {
  expect(readInterfaces()).toBe(INTERFACES);
  expect(lab.ip('dom0', '-br address show eth0')).toContain('203.0.113.10/24');
  expect(lab.ip('dom0', '-br link show type bridge')).toBe('');
  await lab.serve('out', 'tcp', 81);
  expect(lab.ask('dom0', 'tcp', '203.0.113.1', 81)).toBe('out sees 203.0.113.10');
}

describe('bridge over an interface, by ifupdown', () => {
  beforeEach(() => lab.writeSite(BRIDGE_SITE, {}));

  test('takes over the address, is kept once confirmed, and can be taken back later', async () => {
    const actions = await lab.setUp();
    expect(readInterfaces()).toContain('# from the hosting company');
    expect(lab.ip('dom0', '-br address show xenbr0')).toContain('203.0.113.10/24');
    expect((await lab.plan()).actions).toEqual([]);
    tell('confirm');
    await waitFor('ended');
    lab.addVif('web1', 'vif4.0', 'eth0', '00:16:3e:00:00:28');
    lab.ip('dom0', 'link set vif4.0 master xenbr0');
    lab.ip('web1', 'address add 203.0.113.40/24 dev eth0');
    await lab.serve('web1', 'tcp', 80);
    await lab.serve('out', 'tcp', 80);
    expect(lab.ask('out', 'tcp', '203.0.113.40', 80)).toBe('web1 sees 203.0.113.1');
    expect(lab.ask('web1', 'tcp', '203.0.113.1', 80)).toBe('out sees 203.0.113.40');
    expect(lab.ask('dom0', 'tcp', '203.0.113.1', 80)).toBe('out sees 203.0.113.10');
    await lab.undo(actions);
    await expectAsBefore();
  });

  test('without a confirmation everything comes back, though relight died while it waited', async () => {
    const [action] = (await lab.plan(2)).actions;
    // All but the last step, which waits: as if relight had been killed there.
    await lab.perform(action?.steps.slice(0, -1) ?? []);
    await waitFor('applied');
    await waitFor('ended');
    await expectAsBefore();
    expect(() => tell('confirm')).toThrow();
  });

  test('a boot before the confirmation finds the old files', async () => {
    const [action] = (await lab.plan(600)).actions;
    await lab.perform(action?.steps ?? []);
    expect(readInterfaces()).not.toBe(INTERFACES);
    expect((await lab.plan()).issues).toEqual([]);
    tell('boot');
    expect(readInterfaces()).toBe(INTERFACES);
    // Told twice, it does nothing more.
    tell('boot');
    expect(readInterfaces()).toBe(INTERFACES);
  });
});

describe('refused', () => {
  const codes = async () => {
    const { actions, issues } = await lab.plan();
    expect(actions).toEqual([]);
    return issues.map((issue) => issue.code);
  };

  test('an interface that does not exist, a subnet in use, an address that another machine has', async () => {
    lab.writeSite(NAT_SITE.replace('out: eth0', 'out: eth7'), {});
    expect(await codes()).toEqual(['RL1301']);
    lab.writeSite(NAT_SITE.replace('10.9.0.0/24', '203.0.113.0/25'), {});
    expect(await codes()).toEqual(['RL1302']);
    lab.ip('out', 'address add 203.0.113.20/32 dev lan0');
    lab.writeSite(NAT_SITE, { web1: WEB });
    expect(await codes()).toEqual(['RL1303']);
  });

  test('a firewall that somebody else manages: the rules are said, nothing is changed', async () => {
    lab.writeSite(NAT_SITE, { web1: WEB });
    const facts = { ...(await lab.probe()), firewallManager: 'ufw' as const };
    const { at, keep, change } = lab;
    const request = {
      ...{ site: lab.loadSite(), facts, at, keep, change },
      confirmSeconds: 9,
    };
    const { actions, issues } = planNetworks(request);
    expect(actions).toEqual([]);
    expect(issues.map((issue) => issue.code)).toEqual(['RL1305']);
    expect(listAdvice(request)).toContain('203.0.113.10 tcp dport 8080 dnat to 10.9.0.10:80');
  });

  test('a run that was killed half way is finished by the next', async () => {
    lab.writeSite(NAT_SITE, { web1: WEB });
    const steps = (await lab.plan()).actions.flatMap((action) => action.steps);
    for (let count = 1; count < steps.length; count += 3) await lab.perform(steps.slice(0, count));
    await lab.setUp();
    expect(await lab.plan()).toEqual({ actions: [], issues: [] });
    expect(lab.exec('dom0', ['nft', 'list', 'table', 'ip', 'relight'])).toContain('dnat to 10.9.0.10:80');
  });
});
