import type { GuestSpec, NicSpec } from '../spec/types.ts';
import { requireAddress, requireInterfaceAddress, stripPrefix } from './address.ts';
import type { PreseedAnswer } from './preseed-line.ts';
import { refuse, requireMac, requireMatch } from './refuse.ts';

/** NETCFG_NAMESERVERS_MAX in netcfg.h. */
const MOST_NAME_SERVERS = 4;

/**
 * The network that the installer itself uses: the first nic that gets an address, found by its MAC address. The late
 * script configures all nics of the installed system.
 * @throws Failure RL0901
 */
export function listNetworkAnswers(guest: GuestSpec): PreseedAnswer[] {
  const index = guest.nics.findIndex((nic) => nic.ipv4 !== undefined || nic.ipv6 !== undefined);
  const nic = guest.nics[index];
  if (nic === undefined) refuse('a guest', guest.name, 'one with an address: the installer fetches packages');
  const path = `nics[${index}]`;
  // A name from reverse DNS would win over get_hostname.
  const name = requireMatch('a host name', guest.name, /^[a-z0-9]([a-z0-9-]{0,62})$/, 'a host name');
  return [
    answer('netcfg/enable', 'boolean', 'true', path),
    answer('netcfg/choose_interface', 'select', requireMac(nic.mac), `${path}.mac`),
    answer('netcfg/link_wait_timeout', 'string', '10', path),
    ...listAddressAnswers(nic, path),
    answer('netcfg/get_hostname', 'string', name, 'name'),
    answer('netcfg/hostname', 'string', name, 'name'),
    answer('netcfg/get_domain', 'string', '', 'name'),
  ];
}

function listAddressAnswers(nic: NicSpec, path: string): PreseedAnswer[] {
  if (nic.ipv4?.kind === 'static') return listStatic(4, nic, nic.ipv4.address, nic.gateway, path);
  if (nic.ipv4?.kind !== 'dhcp' && nic.ipv6?.kind === 'static') {
    return listStatic(6, nic, nic.ipv6.address, nic.gateway6, path);
  }
  return [
    answer('netcfg/disable_autoconfig', 'boolean', 'false', `${path}.address`),
    answer('netcfg/dhcp_timeout', 'string', '60', `${path}.address`),
  ];
}

function listStatic(
  family: 4 | 6,
  nic: NicSpec,
  address: string,
  gateway: string | undefined,
  path: string,
): PreseedAnswer[] {
  const host = requireInterfaceAddress(family, address);
  // An empty gateway is replaced by a guess: "none" is the word for no gateway.
  const router = gateway === undefined ? 'none' : requireAddress(family, gateway);
  const servers = nic.dns.map((server) => requireAddress(server.includes(':') ? 6 : 4, server));
  return [
    answer('netcfg/disable_autoconfig', 'boolean', 'true', `${path}.address`),
    answer('netcfg/get_ipaddress', 'string', stripPrefix(host), `${path}.address`),
    answer('netcfg/get_netmask', 'string', writeNetmask(family, host), `${path}.address`),
    answer('netcfg/get_gateway', 'string', router, `${path}.gateway`),
    answer('netcfg/get_nameservers', 'string', servers.slice(0, MOST_NAME_SERVERS).join(' '), `${path}.dns`),
    answer('netcfg/confirm_static', 'boolean', 'true', `${path}.address`),
  ];
}

/** 24 -> 255.255.255.0, and 64 -> ffff:ffff:ffff:ffff:: for IPv6. */
function writeNetmask(family: 4 | 6, address: string): string {
  const prefix = Number(address.split('/')[1]);
  const bits = '1'.repeat(prefix).padEnd(family === 4 ? 32 : 128, '0');
  if (family === 4) return (bits.match(/.{8}/g) ?? []).map((part) => Number.parseInt(part, 2)).join('.');
  const groups = (bits.match(/.{16}/g) ?? []).map((part) => Number.parseInt(part, 2).toString(16));
  const used = groups.findLastIndex((group) => group !== '0') + 1;
  return used === groups.length ? groups.join(':') : `${groups.slice(0, used).join(':')}::`;
}

function answer(name: string, type: PreseedAnswer['type'], value: string, path: string): PreseedAnswer {
  return { owner: 'd-i', name, type, value, path };
}
