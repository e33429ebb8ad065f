import { isIPv6 } from 'node:net';

/** An IPv4 address as a number; undefined for anything else. A leading zero is refused: some read it as octal. */
export function parseAddress4(value: string): number | undefined {
  const parts = value.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The prefix length of a netmask such as 255.255.255.0; undefined when it is none. */
export function prefixOfNetmask(value: string): number | undefined {
  const mask = parseAddress4(value);
  if (mask === undefined) return undefined;
  const ones = mask.toString(2).padStart(32, '0');
  return /^1*0*$/.test(ones) ? (ones.indexOf('0') === -1 ? 32 : ones.indexOf('0')) : undefined;
}

/** A netmask of either family; the installer takes ffff:ffff:: as well. */
export function isNetmask(value: string): boolean {
  return prefixOfNetmask(value) !== undefined || (isIPv6(value) && /^[f0:ec8]+$/i.test(value));
}
