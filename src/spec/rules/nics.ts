import {
  contains,
  firstOf,
  formatIp,
  formatSubnet,
  type IpAddress,
  type IpNetwork,
  lastOf,
  parseCidr,
  parseIp,
} from '../address.ts';
import { entriesOf } from '../check-shape.ts';
import type { NicAsWritten } from '../schema.ts';
import { type GuestSource, placeValue } from '../sources.ts';
import type { GuestRule, Reporter, RuleContext } from './context.ts';

/** The two families are checked by the same rules on different keys. */
const FAMILIES = [
  { address: 'address', gateway: 'gateway', automatic: 'dhcp' },
  { address: 'address6', gateway: 'gateway6', automatic: 'auto' },
] as const;
type Family = (typeof FAMILIES)[number];

export const checkNics: GuestRule = (guest, context, reporter) => {
  const nics = guest.written.nics ?? [];
  for (const family of FAMILIES) {
    const withGateway = entriesOf(nics).filter(([, nic]) => nic[family.gateway] !== undefined);
    for (const [index] of withGateway.slice(1)) {
      reporter.at(placeValue(guest, ['nics', index, family.gateway]), 'RL3030', { key: family.gateway });
    }
    for (const [index, nic] of entriesOf(nics)) {
      checkAddress(guest, index, nic, family, reporter);
      checkGateway(guest, index, nic, family, reporter);
    }
  }
  for (const [index, nic] of entriesOf(nics)) checkNetwork(guest, index, nic, context, reporter);
};

function checkAddress(
  guest: GuestSource,
  index: number,
  nic: NicAsWritten,
  family: Family,
  reporter: Reporter,
): void {
  const network = parseCidr(nic[family.address] ?? '');
  if (network === undefined) return;
  const place = () => placeValue(guest, ['nics', index, family.address]);
  const value = formatIp(network);
  const kind = nameSpecial(network);
  if (kind !== undefined) {
    reporter.at(place(), 'RL3034', { value, what: kind });
    return;
  }
  // RFC 3021: a /31 has neither; IPv6 has no broadcast, and its first address is the routers' (RFC 4291, 2.6.1).
  const hostBits = (network.family === 4 ? 32 : 128) - network.prefix;
  if (hostBits < 2) return;
  const isFirst = network.value === firstOf(network);
  const isLast = network.family === 4 && network.value === lastOf(network);
  if (!isFirst && !isLast) return;
  const range = { family: network.family };
  reporter.at(place(), 'RL3028', {
    value,
    what: isLast ? 'broadcast' : network.family === 4 ? 'network' : 'router anycast',
    subnet: formatSubnet(network),
    first: formatIp({ ...range, value: firstOf(network) + 1n }),
    last: formatIp({ ...range, value: lastOf(network) - (network.family === 4 ? 1n : 0n) }),
  });
}

const SPECIAL: readonly (readonly [string, string])[] = [
  ['127.0.0.0/8', 'loopback'],
  ['0.0.0.0/8', 'reserved'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  ['::/127', 'reserved'],
  ['ff00::/8', 'multicast'],
];
const SPECIAL_NETWORKS = SPECIAL.map(([text, name]) => ({ network: parseCidr(text), name }));

function nameSpecial(address: IpAddress): string | undefined {
  return SPECIAL_NETWORKS.find(({ network }) => network !== undefined && contains(network, address))?.name;
}

const LINK_LOCAL = parseCidr('fe80::/10');

function checkGateway(
  guest: GuestSource,
  index: number,
  nic: NicAsWritten,
  family: Family,
  reporter: Reporter,
): void {
  const written = nic[family.gateway];
  const gateway = parseIp(written ?? '');
  if (written === undefined || gateway === undefined) return;
  const place = () => placeValue(guest, ['nics', index, family.gateway]);
  const network = parseCidr(nic[family.address] ?? '');
  if (network === undefined) {
    reporter.at(place(), 'RL3029', { key: family.gateway, source: family.automatic });
    return;
  }
  const isLinkLocal = LINK_LOCAL !== undefined && contains(LINK_LOCAL, gateway);
  if (gateway.value === network.value) reporter.at(place(), 'RL3027', { value: formatIp(gateway) });
  else if (!isLinkLocal && !contains(network, gateway)) {
    const suggestion = suggestPrefix(network, gateway);
    reporter.at(place(), 'RL3026', { value: formatIp(gateway), subnet: formatSubnet(network), suggestion });
  }
}

/** The longest prefix, not much shorter than the one given, that would hold both. */
function suggestPrefix(network: IpNetwork, gateway: IpAddress): string {
  for (let prefix = network.prefix - 1; prefix >= network.prefix - 8 && prefix >= 8; prefix -= 1) {
    const wider = { ...network, prefix };
    if (contains(wider, gateway))
      return `is the prefix length /${prefix} meant? ${formatSubnet(wider)} holds both`;
  }
  return 'check the address, its prefix length and the gateway for a mistyped digit';
}

function checkNetwork(
  guest: GuestSource,
  index: number,
  nic: NicAsWritten,
  context: RuleContext,
  reporter: Reporter,
) {
  const network = context.sources.site.networks?.[nic.network];
  if (network === undefined) return;
  const name = nic.network;
  const address = parseCidr(nic.address ?? '');
  if (nic.address === 'dhcp' && network.mode === 'routed') {
    reporter.at(placeValue(guest, ['nics', index, 'address']), 'RL3035', { name, mode: network.mode });
  }
  for (const [position] of entriesOf(nic.forward)) {
    const place = placeValue(guest, ['nics', index, 'forward', position]);
    if (network.mode !== 'nat') reporter.at(place, 'RL3032', { name, mode: network.mode });
    else if (address === undefined) reporter.at(place, 'RL3033', {});
  }
  if (network.mode !== 'nat' || address === undefined) return;
  const subnet = parseCidr(network.subnet);
  if (subnet === undefined || contains(subnet, address)) return;
  const parameters = { value: formatIp(address), subnet: formatSubnet(subnet), name };
  reporter.at(placeValue(guest, ['nics', index, 'address']), 'RL3031', parameters);
}
