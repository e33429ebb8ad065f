import type { NicSpec } from '../spec/types.ts';
import { requireAddress, requireInterfaceAddress } from './address.ts';

/**
 * The network of a guest as interfaces(5), the way the Debian installer writes it: one `enXN` a nic, in order
 * (systemd.net-naming-scheme(7): Xen network devices are named by their slot).
 * ifupdown's default routes are `onlink`, so a gateway outside the subnet needs no further word.
 * @throws Failure RL0901
 */
export function renderInterfaces(nics: readonly NicSpec[]): string {
  const head =
    '# Written by relight.\nsource /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n';
  return [head, ...nics.map((nic, index) => renderNic(nic, `enX${index}`))].join('\n');
}

function renderNic(nic: NicSpec, name: string): string {
  const dns = nic.dns.map((server) => requireAddress(server.includes(':') ? 6 : 4, server));
  const stanzas: Stanza[] = [];
  if (nic.ipv4?.kind === 'dhcp') stanzas.push({ method: 'inet dhcp', options: [] });
  if (nic.ipv4?.kind === 'static') stanzas.push(describeStatic(4, nic.ipv4.address, nic.gateway));
  if (nic.ipv6?.kind === 'auto') stanzas.push({ method: 'inet6 auto', options: [] });
  if (nic.ipv6?.kind === 'static') stanzas.push(describeStatic(6, nic.ipv6.address, nic.gateway6));
  if (stanzas.length === 0) stanzas.push({ method: 'inet manual', options: [] });
  const [first, ...rest] = stanzas;
  const withDns =
    first === undefined || dns.length === 0 ? [] : [['dns-nameservers', dns.join(' ')] as const];
  const all = first === undefined ? [] : [{ ...first, options: [...first.options, ...withDns] }, ...rest];
  return [`allow-hotplug ${name}\n`, ...all.map((stanza) => renderStanza(name, stanza))].join('');
}

interface Stanza {
  readonly method: string;
  readonly options: readonly (readonly [string, string])[];
}

function describeStatic(family: 4 | 6, address: string, gateway: string | undefined): Stanza {
  return {
    method: family === 4 ? 'inet static' : 'inet6 static',
    options: [
      ['address', requireInterfaceAddress(family, address)],
      ...(gateway === undefined ? [] : [['gateway', requireAddress(family, gateway)] as const]),
    ],
  };
}

function renderStanza(name: string, stanza: Stanza): string {
  const lines = stanza.options.map(([key, value]) => `    ${key} ${value}\n`);
  return `iface ${name} ${stanza.method}\n${lines.join('')}`;
}
