import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderNatInterfaces, renderNatNetwork } from '../../../../src/render/host-network/bridges.ts';
import { renderDnsmasq } from '../../../../src/render/host-network/dnsmasq.ts';
import {
  dynamicRangeOf,
  type HostForward,
  hostAddressOf,
} from '../../../../src/render/host-network/forwards.ts';
import { definesInterface, moveToBridge } from '../../../../src/render/host-network/ifupdown-edit.ts';
import { renderIptables, renderIptablesForwards } from '../../../../src/render/host-network/iptables.ts';
import { matchesLink, rewriteForBridge } from '../../../../src/render/host-network/networkd-edit.ts';
import { renderNftables, renderNftForwards } from '../../../../src/render/host-network/nftables.ts';
import { readPublicAddresses, renderPublicAddresses } from '../../../../src/render/host-network/services.ts';
import { listSysctls, parseSysctl, renderSysctl } from '../../../../src/render/host-network/sysctl.ts';
import { hostileText, NETWORKS } from '../samples.ts';

const nat = { name: 'inside', mode: 'nat', bridge: 'xenbr1', subnet: '10.9.0.0/24', out: 'eth0' } as const;
const forward: HostForward = {
  ...{ guest: 'web1', network: 'inside', out: 'eth0', public: '203.0.113.10', protocol: 'tcp' },
  ...{ port: 443, address: '10.9.0.10', guestPort: 8443 },
};
const INTERFACES = `# by hand
auto eth0
allow-hotplug eth1
iface eth0 inet static
    address 203.0.113.10/24
    up ip route add 198.51.100.0/24 \\
       via 203.0.113.9
iface eth0 inet6 auto
iface eth1 inet dhcp
`;

describe('settings', () => {
  test('a file of sysctl.d says what was meant', () => {
    const settings = parseSysctl(renderSysctl(NETWORKS));
    expect([...settings]).toEqual(listSysctls(NETWORKS));
    expect(settings.get('net/ipv4/conf/eth0/proxy_arp')).toBe('1');
    const dotted = new Map([['p', { name: 'p', mode: 'routed', interface: 'eth0.5' } as const]]);
    expect(parseSysctl(renderSysctl(dotted)).get('net/ipv4/conf/eth0.5/proxy_arp')).toBe('1');
  });

  test('the range of DHCP leaves the lower half to fixed addresses', () => {
    expect(hostAddressOf(nat)).toBe('10.9.0.1');
    expect(dynamicRangeOf(nat)).toEqual({ first: '10.9.0.128', last: '10.9.0.254' });
    expect(dynamicRangeOf({ ...nat, subnet: '10.9.0.4/30' })).toEqual({
      first: '10.9.0.6',
      last: '10.9.0.6',
    });
  });

  test('public addresses are read back; what dom0 holds already is left out', () => {
    const all = [forward, { ...forward, public: '203.0.113.11' }, forward];
    expect(readPublicAddresses(renderPublicAddresses(all, ['203.0.113.11']))).toEqual([
      { link: 'eth0', address: '203.0.113.10' },
    ]);
  });
});

describe('taking over an interface', () => {
  test('interfaces(5): every stanza of it becomes the bridge’s, all other lines stay', () => {
    const text = moveToBridge(INTERFACES, 'eth0', 'xenbr0');
    expect(text).toBe(`# by hand
auto eth0
allow-hotplug eth1
iface eth0 inet manual

auto xenbr0
iface xenbr0 inet static
    bridge_ports eth0
    bridge_stp off
    bridge_fd 0
    address 203.0.113.10/24
    up ip route add 198.51.100.0/24 \\
       via 203.0.113.9
iface xenbr0 inet6 auto
iface eth1 inet dhcp
`);
    expect(definesInterface(INTERFACES, 'eth1')).toBe(true);
    expect(definesInterface(INTERFACES, 'eth2')).toBe(false);
    expect(moveToBridge(INTERFACES, 'eth2', 'xenbr0')).toBe(INTERFACES);
  });

  test('systemd.network(5): all sections but those about the link', () => {
    const unit =
      '[Match]\nName=eth* en0\n\n[Link]\nMTUBytes=1400\n\n[Network]\nAddress=192.0.2.1/24\n\n[Route]\nGateway=192.0.2.9\n';
    expect(matchesLink(unit, 'eth0')).toBe(true);
    expect(matchesLink(unit, 'en0')).toBe(true);
    expect(matchesLink(unit, 'en01')).toBe(false);
    const text = rewriteForBridge(unit, 'xenbr0');
    expect(text).toContain('[Match]\nName=xenbr0\n');
    expect(text).toContain('[Network]\nAddress=192.0.2.1/24\n\n[Route]\nGateway=192.0.2.9\n');
    expect(text).not.toContain('MTUBytes');
  });
});

test('no value leaves its place: it is refused', () => {
  const writers: ((text: string) => string)[] = [
    (text) => renderNftables([{ ...nat, out: text }], { etc: '/etc' }),
    (text) => renderNftables([{ ...nat, subnet: text }], { etc: '/etc' }),
    (text) => renderIptables([{ ...nat, out: text }]),
    (text) => renderNftForwards([{ ...forward, public: text }]),
    (text) => renderIptablesForwards([{ ...forward, address: text }]),
    (text) => renderPublicAddresses([{ ...forward, out: text }], []),
    (text) => renderDnsmasq([{ ...nat, bridge: text }], []),
    (text) => renderNatInterfaces({ ...nat, bridge: text }),
    (text) => renderNatNetwork({ ...nat, bridge: text }),
    (text) => renderSysctl(new Map([['p', { name: 'p', mode: 'routed', interface: text } as const]])),
  ];
  fc.assert(
    fc.property(hostileText, fc.constantFrom(...writers), (text, write) => {
      fc.pre(!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(text));
      expect(() => write(text)).toThrow();
    }),
  );
});
