import type { NicSpec } from '../spec/types.ts';
import { requireAddress, stripPrefix } from './address.ts';
import { requireMatch } from './refuse.ts';

const LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOSTNAME = new RegExp(`^(?=.{1,64}$)${LABEL}(\\.${LABEL})*$`);

/** A host name as hostname(7) has it. @throws Failure RL0901 */
export function requireHostname(value: string): string {
  return requireMatch('a host name', value, HOSTNAME, 'letters, digits and -, 64 at most');
}

/** Writes /etc/hostname. @throws Failure RL0901 */
export function renderHostname(name: string): string {
  return `${requireHostname(name)}\n`;
}

/**
 * Writes /etc/hosts as the Debian installer does: the guest's name stands for its first static address, or for
 * 127.0.1.1 when it has none. A name with dots brings its first label as an alias.
 * @throws Failure RL0901
 */
export function renderHosts(name: string, nics: readonly NicSpec[]): string {
  const full = requireHostname(name);
  const short = full.split('.')[0] ?? full;
  const names = short === full ? full : `${full} ${short}`;
  const addresses = nics.flatMap(({ ipv4, ipv6 }) => [
    ...(ipv4?.kind === 'static' ? [requireAddress(4, stripPrefix(ipv4.address))] : []),
    ...(ipv6?.kind === 'static' ? [requireAddress(6, stripPrefix(ipv6.address))] : []),
  ]);
  const own = [
    addresses.find((each) => !each.includes(':')) ?? '127.0.1.1',
    addresses.find((each) => each.includes(':')),
  ];
  const lines = own.flatMap((address) => (address === undefined ? [] : [`${address} ${names}\n`]));
  return [
    '127.0.0.1 localhost\n',
    ...lines,
    '\n::1 localhost ip6-localhost ip6-loopback\n',
    'ff02::1 ip6-allnodes\n',
    'ff02::2 ip6-allrouters\n',
  ].join('');
}

/**
 * Writes resolv.conf(5) from the servers that the spec names. Undefined when it names none, or when a nic learns its
 * own by DHCP: then systemd-resolved has the file.
 * @throws Failure RL0901
 */
export function renderResolvConf(nics: readonly NicSpec[]): string | undefined {
  if (nics.some((nic) => nic.ipv4?.kind === 'dhcp')) return undefined;
  const servers = [...new Set(nics.flatMap((nic) => nic.dns))];
  if (servers.length === 0) return undefined;
  const lines = servers.map(
    (server) => `nameserver ${requireAddress(server.includes(':') ? 6 : 4, server)}\n`,
  );
  return `# Written by relight.\n${lines.join('')}`;
}
