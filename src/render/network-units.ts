import type { NicSpec } from '../spec/types.ts';
import { isOnSubnet, requireAddress, requireInterfaceAddress } from './address.ts';
import type { RenderedFile } from './file.ts';
import { refuse, requireMac } from './refuse.ts';

/** A section of a unit: its name and its settings in order; a key may come twice. */
export type UnitSection = readonly [name: string, settings: readonly (readonly [string, string])[]];

/**
 * The network of a guest as systemd.network(5) units, one a nic, matched by MAC address: the name of an interface says
 * which slot it has, not which network it is on.
 * @throws Failure RL0901
 */
export function renderNetworkUnits(nics: readonly NicSpec[]): RenderedFile[] {
  return nics.map((nic, index) => ({
    path: `/etc/systemd/network/10-relight-nic${index}.network`,
    content: renderUnit(listSections(nic)),
    mode: 0o644,
  }));
}

/** Writes a unit in the syntax of systemd.syntax(7). @throws Failure RL0901 for a value of more than one line. */
export function renderUnit(sections: readonly UnitSection[]): string {
  const blocks = sections.map(([name, settings]) => {
    const lines = settings.map(([key, value]) => `${key}=${requireUnitValue(value)}\n`);
    return `[${name}]\n${lines.join('')}`;
  });
  return `# Written by relight.\n${blocks.join('\n')}`;
}

/** A trailing backslash would join the next line, and spaces around a value are dropped when it is read. */
function requireUnitValue(value: string): string {
  if (/[\u0000-\u001f\u007f]|\\$|^\s|\s$/.test(value))
    refuse('a unit value', value, 'one line without a trailing \\');
  return value;
}

function listSections(nic: NicSpec): UnitSection[] {
  const routes = [...listRoutes(4, nic.gateway, nic.ipv4), ...listRoutes(6, nic.gateway6, nic.ipv6)];
  const ownDns = nic.dns.length > 0 && nic.ipv4?.kind === 'dhcp';
  return [
    // A bridge or VLAN inside the guest inherits the MAC address of its port, but is not of type ether.
    [
      'Match',
      [
        ['MACAddress', requireMac(nic.mac)],
        ['Type', 'ether'],
      ],
    ],
    ...(nic.ipv4 === undefined && nic.ipv6 === undefined ? [UNADDRESSED] : []),
    ['Network', listNetworkSettings(nic)],
    ...routes,
    ...(ownDns ? [['DHCPv4', [['UseDNS', 'no']]] as UnitSection] : []),
  ];
}

/** A nic without any address must not hold up network-online.target. */
const UNADDRESSED: UnitSection = ['Link', [['RequiredForOnline', 'no']]];

function listNetworkSettings(nic: NicSpec): [string, string][] {
  const settings: [string, string][] = [['DHCP', nic.ipv4?.kind === 'dhcp' ? 'ipv4' : 'no']];
  if (nic.ipv4?.kind === 'static') settings.push(['Address', requireInterfaceAddress(4, nic.ipv4.address)]);
  if (nic.ipv6?.kind === 'static') settings.push(['Address', requireInterfaceAddress(6, nic.ipv6.address)]);
  settings.push(['IPv6AcceptRA', nic.ipv6?.kind === 'auto' ? 'yes' : 'no']);
  if (nic.ipv6 === undefined) settings.push(['LinkLocalAddressing', 'no']);
  for (const server of nic.dns) settings.push(['DNS', requireAddress(server.includes(':') ? 6 : 4, server)]);
  return settings;
}

/** The default route. A gateway outside the subnet (a /32, as rented servers have) is reached on the link itself. */
function listRoutes(
  family: 4 | 6,
  gateway: string | undefined,
  configuration: NicSpec['ipv4'] | NicSpec['ipv6'],
): UnitSection[] {
  if (gateway === undefined) return [];
  requireAddress(family, gateway);
  if (configuration?.kind !== 'static')
    refuse('a gateway', gateway, 'given with a static address of its family');
  const onLink = !isOnSubnet(family, gateway, configuration.address);
  return [['Route', [['Gateway', gateway], ...(onLink ? [['GatewayOnLink', 'yes'] as const] : [])]]];
}
