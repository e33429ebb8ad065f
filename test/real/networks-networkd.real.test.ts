import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathExists } from '../../src/run/files.ts';
import { NetworkLab } from '../support/network-lab.ts';

// Needs root, network namespaces, systemd-networkd, dbus-daemon, nftables, dnsmasq-base.
const UNIT = '[Match]\nName=eth0\n\n[Network]\nAddress=203.0.113.10/24\nGateway=203.0.113.1\n';
const BRIDGE_SITE = 'relight: 1\nnetworks:\n  lan: { mode: bridge, bridge: xenbr0, interface: eth0 }\n';
const NAT_SITE =
  'relight: 1\nnetworks:\n  inside: { mode: nat, bridge: xenbr1, subnet: 10.9.0.0/24, out: eth0 }\n';
const WEB = `memory: 512MiB
disks: { root: { size: 4GiB } }
nics: [ { network: inside, address: 10.9.0.10/24, mac: "00:16:3e:00:00:0a", forward: ["203.0.113.10:8080 -> 80"] } ]
`;

let lab: NetworkLab;
beforeEach(async () => {
  lab = new NetworkLab(UNIT, 'networkd');
  await lab.startNetworkd();
  lab.exec('dom0', ['sysctl', '-q', '-e', '-w', 'net.bridge.bridge-nf-call-iptables=0']);
});
afterEach(() => lab.close());

const listUnits = () => readdirSync(`${lab.at.etc}/systemd/network`);
const addressOf = (link: string) => lab.ip('dom0', `-br address show ${link}`);

async function expectAsBefore(): Promise<void> {
  expect(listUnits()).toEqual(['50-wire.network']);
  await lab.waitFor('the address back', () => addressOf('eth0').includes('203.0.113.10/24'));
  expect(lab.ip('dom0', '-br link show type bridge')).toBe('');
  await lab.serve('out', 'tcp', 81);
  expect(lab.ask('dom0', 'tcp', '203.0.113.1', 81)).toBe('out sees 203.0.113.10');
}

test('a bridge takes over address and MAC address, is kept once confirmed, and can be taken back', async () => {
  lab.writeSite(BRIDGE_SITE, {});
  const mac = /link\/ether (\S+)/.exec(lab.ip('dom0', 'link show eth0'))?.[1] ?? '?';
  const actions = await lab.setUp();
  expect(listUnits()).toContain('50-wire.network');
  await lab.waitFor('the bridge has the address', () => addressOf('xenbr0').includes('203.0.113.10/24'));
  expect(addressOf('eth0')).not.toContain('203.0.113.10');
  expect(lab.ip('dom0', 'link show xenbr0')).toContain(mac);
  lab.exec('dom0', [`${lab.change}/network-change`, 'confirm', lab.change]);
  await lab.waitFor('the change has ended', () => pathExists(`${lab.change}/ended`));
  expect(await lab.plan()).toEqual({ actions: [], issues: [] });
  lab.addVif('web1', 'vif4.0', 'eth0', '00:16:3e:00:00:28');
  lab.ip('dom0', 'link set vif4.0 master xenbr0');
  lab.ip('web1', 'address add 203.0.113.40/24 dev eth0');
  await lab.serve('web1', 'tcp', 80);
  expect(lab.ask('out', 'tcp', '203.0.113.40', 80)).toBe('web1 sees 203.0.113.1');
  await lab.undo(actions);
  await expectAsBefore();
});

test('without a confirmation everything comes back', async () => {
  lab.writeSite(BRIDGE_SITE, {});
  const [action] = (await lab.plan(2)).actions;
  await lab.perform(action?.steps ?? []);
  await lab.waitFor('the change has ended', () => pathExists(`${lab.change}/ended`));
  await expectAsBefore();
});

test('nat: the private bridge, masquerading and a forward; the undo ends them', async () => {
  lab.writeSite(NAT_SITE, { web1: WEB });
  const actions = await lab.setUp();
  await lab.waitFor('the bridge has its address', () => addressOf('xenbr1').includes('10.9.0.1/24'));
  expect(await lab.plan()).toEqual({ actions: [], issues: [] });
  lab.addVif('web1', 'vif1.0', 'eth0', '00:16:3e:00:00:0a');
  lab.ip('dom0', 'link set vif1.0 master xenbr1');
  lab.ip('web1', 'address add 10.9.0.10/24 dev eth0');
  lab.ip('web1', 'route add default via 10.9.0.1');
  await lab.serve('web1', 'tcp', 80);
  await lab.serve('out', 'tcp', 81);
  expect(lab.ask('out', 'tcp', '203.0.113.10', 8080)).toBe('web1 sees 203.0.113.1');
  expect(lab.ask('web1', 'tcp', '203.0.113.1', 81)).toBe('out sees 203.0.113.10');
  await lab.undo(actions);
  expect(listUnits()).toEqual(['50-wire.network']);
  expect(lab.ip('dom0', '-br link show type bridge')).toBe('');
});
