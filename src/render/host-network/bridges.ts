import { renderUnit, type UnitSection } from '../network-units.ts';
import { requireInterface, requireMac } from '../refuse.ts';
import { hostAddressOf, type NatNetwork, requireSubnet } from './forwards.ts';

/** The private bridge of a nat network as interfaces(5); bridge_ports is of bridge-utils-interfaces(5). @throws Failure RL0901 */
export function renderNatInterfaces(network: NatNetwork): string {
  const bridge = requireInterface(network.bridge);
  return [
    '# Written by relight.',
    `auto ${bridge}`,
    `iface ${bridge} inet static`,
    `    address ${hostAddressOf(network)}/${requireSubnet(network).prefix}`,
    '    bridge_ports none',
    '    bridge_stp off',
    '    bridge_fd 0',
    '',
  ].join('\n');
}

/** A bridge as systemd.netdev(5); with a MAC address it looks to the network like the interface it replaces. */
export function renderBridgeNetdev(bridge: string, mac: string | undefined): string {
  return renderUnit([
    [
      'NetDev',
      [
        ['Name', requireInterface(bridge)],
        ['Kind', 'bridge'],
        ...(mac === undefined ? [] : [['MACAddress', requireMac(mac)] as const]),
      ],
    ],
  ]);
}

/** The private bridge's address as systemd.network(5). It has no port before the first guest runs. */
export function renderNatNetwork(network: NatNetwork): string {
  return renderUnit([
    ['Match', [['Name', requireInterface(network.bridge)]]],
    ['Link', [['RequiredForOnline', 'no']]],
    [
      'Network',
      [
        ['Address', `${hostAddressOf(network)}/${requireSubnet(network).prefix}`],
        ['ConfigureWithoutCarrier', 'yes'],
        ['LinkLocalAddressing', 'no'],
        ['IPv6AcceptRA', 'no'],
      ],
    ],
  ]);
}

/** The physical interface as a port of the bridge. */
export function renderBridgePort(link: string, bridge: string): string {
  const sections: UnitSection[] = [
    ['Match', [['Name', requireInterface(link)]]],
    ['Network', [['Bridge', requireInterface(bridge)]]],
  ];
  return renderUnit(sections);
}
