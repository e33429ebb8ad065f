/** An IP address as a number, so that subnets are compared by arithmetic. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export interface IpNetwork extends IpAddress {
  readonly prefix: number;
}

/** Reads an IPv4 address in the one common form; leading zeros, which others read as octal, are refused. */
export function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return { family: 4, value };
}

/** Reads an IPv6 address of RFC 4291 without a zone and without an embedded IPv4 part. */
export function parseIpv6(text: string): IpAddress | undefined {
  if (!/^[0-9a-fA-F:]{2,39}$/.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...(head ?? []), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  if (halves.length === 1 ? groups.length !== 8 : groups.length > 7) return undefined;
  const zeros = Array.from({ length: 8 - groups.length }, () => '0');
  const all = [...(head ?? []), ...zeros, ...(tail ?? [])];
  return { family: 6, value: all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

export function parseIp(text: string): IpAddress | undefined {
  return parseIpv4(text) ?? parseIpv6(text);
}

/** Reads an address with its prefix length, such as 192.0.2.10/24; host bits are kept. */
export function parseCidr(text: string): IpNetwork | undefined {
  const [addressText = '', prefixText = '', ...rest] = text.split('/');
  const address = parseIp(addressText);
  if (address === undefined || rest.length > 0 || !/^(0|[1-9][0-9]{0,2})$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  return prefix > widthOf(address) ? undefined : { ...address, prefix };
}

function widthOf(address: IpAddress): number {
  return address.family === 4 ? 32 : 128;
}

/** The first address of the network, all host bits zero. */
export function firstOf(network: IpNetwork): bigint {
  const hostBits = BigInt(widthOf(network) - network.prefix);
  return (network.value >> hostBits) << hostBits;
}

/** The last address of the network, all host bits one. */
export function lastOf(network: IpNetwork): bigint {
  return firstOf(network) + (1n << BigInt(widthOf(network) - network.prefix)) - 1n;
}

export function contains(network: IpNetwork, address: IpAddress): boolean {
  return (
    network.family === address.family && address.value >= firstOf(network) && address.value <= lastOf(network)
  );
}

export function overlaps(left: IpNetwork, right: IpNetwork): boolean {
  return left.family === right.family && firstOf(left) <= lastOf(right) && firstOf(right) <= lastOf(left);
}

/** Writes an address in its canonical form (RFC 5952 for IPv6). */
export function formatIp(address: IpAddress): string {
  if (address.family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((address.value >> shift) & 255n)).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address.value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const runs = [...groups.join(':').matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = runs.sort((left, right) => right[0].length - left[0].length)[0];
  if (longest === undefined) return groups.join(':');
  const text = groups.join(':');
  const head = text.slice(0, longest.index).replace(/:$/, '');
  const tail = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${head}::${tail}`;
}

/** The subnet of an address with prefix, such as 192.0.2.0/24. */
export function formatSubnet(network: IpNetwork): string {
  return `${formatIp({ family: network.family, value: firstOf(network) })}/${network.prefix}`;
}
