import type { GuestSpec } from '../../spec/types.ts';
import { requireAddress, stripPrefix } from '../address.ts';
import { requireInterface, requireMac, requireMatch } from '../refuse.ts';
import { dynamicRangeOf, hostAddressOf, type NatNetwork, requireSubnet } from './forwards.ts';

/**
 * DHCP and DNS for the nat networks, as a dnsmasq of relight's own beside any other: it listens on the bridges alone.
 * Guests are known by their MAC addresses; only guests without a fixed address get one out of the range.
 * @throws Failure RL0901
 */
export function renderDnsmasq(networks: readonly NatNetwork[], guests: readonly GuestSpec[]): string {
  const lines = [
    'port=53',
    'bind-dynamic',
    'except-interface=lo',
    'domain-needed',
    'bogus-priv',
    'no-hosts',
    'dhcp-authoritative',
    'dhcp-leasefile=/var/lib/misc/relight-dnsmasq.leases',
    'pid-file=',
  ];
  for (const network of networks) {
    const bridge = requireInterface(network.bridge);
    const { first, last } = dynamicRangeOf(network);
    const host = hostAddressOf(network);
    const mask = maskOf(requireSubnet(network).prefix);
    lines.push(`interface=${bridge}`);
    lines.push(`dhcp-range=set:${bridge},${first},${last},${mask},12h`);
    lines.push(`dhcp-option=tag:${bridge},option:router,${host}`);
    lines.push(`dhcp-option=tag:${bridge},option:dns-server,${host}`);
    lines.push(...guests.flatMap((guest) => listHosts(guest, network)));
  }
  return `# Written by relight. Changes are lost: change the site, then run relight dom0 setup.\n${lines.join('\n')}\n`;
}

function listHosts(guest: GuestSpec, network: NatNetwork): string[] {
  const name = requireMatch('a guest name', guest.name, /^[a-z0-9][a-z0-9-]{0,62}$/, 'a host name');
  return guest.nics.flatMap((nic) => {
    if (nic.network !== network.name || nic.ipv4 === undefined) return [];
    if (nic.ipv4.kind === 'dhcp') return [`dhcp-host=${requireMac(nic.mac)},${name}`];
    const address = requireAddress(4, stripPrefix(nic.ipv4.address));
    return [`dhcp-host=${requireMac(nic.mac)},${address},${name}`, `host-record=${name},${address}`];
  });
}

function maskOf(prefix: number): string {
  const bits = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
