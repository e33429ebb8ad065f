import { requireAddress } from '../address.ts';
import { renderUnit } from '../network-units.ts';
import { requireInterface } from '../refuse.ts';
import type { HostForward } from './forwards.ts';
import { type HostDirectories, hostNetworkPaths } from './paths.ts';

/**
 * Loads addresses and firewall at boot. nftables.service begins with `flush ruleset` on Debian: when it is restarted or
 * reloaded, so is this.
 */
export function renderNetworksUnit(at: HostDirectories): string {
  const load = hostNetworkPaths.load(at);
  return renderUnit([
    [
      'Unit',
      [
        ['Description', 'Addresses and forwarding of the Xen guests (relight)'],
        [
          'After',
          'network.target networking.service systemd-networkd.service nftables.service netfilter-persistent.service',
        ],
        ['PartOf', 'nftables.service networking.service systemd-networkd.service'],
        ['ReloadPropagatedFrom', 'nftables.service'],
        ['Before', 'xendomains.service'],
      ],
    ],
    [
      'Service',
      [
        ['Type', 'oneshot'],
        ['RemainAfterExit', 'yes'],
        ['ExecStart', load],
        ['ExecReload', load],
      ],
    ],
    ['Install', [['WantedBy', 'multi-user.target']]],
  ]);
}

/** DHCP and DNS on the nat bridges. */
export function renderDnsmasqUnit(at: HostDirectories): string {
  return renderUnit([
    [
      'Unit',
      [
        ['Description', 'DHCP and DNS for the Xen guests (relight)'],
        ['After', 'network.target'],
        ['Before', 'xendomains.service'],
      ],
    ],
    [
      'Service',
      [
        ['ExecStartPre', `/usr/sbin/dnsmasq --test --conf-file=${hostNetworkPaths.dnsmasq(at)}`],
        ['ExecStart', `/usr/sbin/dnsmasq --keep-in-foreground --conf-file=${hostNetworkPaths.dnsmasq(at)}`],
        ['Restart', 'on-failure'],
      ],
    ],
    ['Install', [['WantedBy', 'multi-user.target']]],
  ]);
}

/** Lines for `ip -batch`: the public addresses of a guest on the interface to the outside. @throws Failure RL0901 */
export function renderPublicAddresses(forwards: readonly HostForward[], held: readonly string[]): string {
  const lines = forwards
    .filter((forward) => !held.includes(forward.public))
    .map(
      (forward) =>
        `address replace ${requireAddress(4, forward.public)}/32 dev ${requireInterface(forward.out)}`,
    );
  return `# Written by relight: addresses that dom0 holds for this guest.\n${[...new Set(lines)].map((line) => `${line}\n`).join('')}`;
}

/** Reads the lines for `ip -batch` back. */
export function readPublicAddresses(text: string): { readonly link: string; readonly address: string }[] {
  return [...text.matchAll(/^address replace (\S+)\/32 dev (\S+)$/gm)].map(([, address = '', link = '']) => ({
    address,
    link,
  }));
}
