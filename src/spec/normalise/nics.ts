import { formatIp, parseCidr, parseIp } from '../address.ts';
import { parseForward } from '../forward.ts';
import { deriveMac } from '../identity.ts';
import type { NicAsWritten } from '../schema.ts';
import type { ForwardSpec, NicSpec } from '../types.ts';

/** Nics in the order of the spec, addresses in their canonical form. */
export function normaliseNics(
  nics: readonly NicAsWritten[],
  siteName: string,
  guestName: string,
): readonly NicSpec[] {
  return nics.map((nic, index) => ({
    network: nic.network,
    mac: nic.mac?.toLowerCase() ?? deriveMac(siteName, guestName, index),
    ipv4: normaliseAddress(nic.address, 'dhcp'),
    ipv6: normaliseAddress(nic.address6, 'auto'),
    gateway: normaliseIp(nic.gateway),
    gateway6: normaliseIp(nic.gateway6),
    dns: (nic.dns ?? []).map((server) => normaliseIp(server) ?? server),
    forward: (nic.forward ?? [])
      .map(parseForward)
      .filter((forward): forward is ForwardSpec => forward !== undefined),
  }));
}

function normaliseAddress<Automatic extends string>(
  text: string | undefined,
  automatic: Automatic,
): { kind: Automatic } | { kind: 'static'; address: string } | undefined {
  if (text === undefined) return undefined;
  const network = parseCidr(text);
  return network === undefined
    ? { kind: automatic }
    : { kind: 'static', address: `${formatIp(network)}/${network.prefix}` };
}

function normaliseIp(text: string | undefined): string | undefined {
  const address = text === undefined ? undefined : parseIp(text);
  return address === undefined ? undefined : formatIp(address);
}
