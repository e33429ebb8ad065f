import { Address4, Address6 } from 'ip-address';
import { refuse } from './refuse.ts';

/** Whether this is one IPv4 or IPv6 address: no prefix, no zone, no leading zeros. */
export function isAddress(value: string): boolean {
  return isAddress4(value) || isAddress6(value);
}

export function isAddress4(value: string): boolean {
  return /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(value) && Address4.isValid(value);
}

export function isAddress6(value: string): boolean {
  return /^[0-9a-f:.]+$/i.test(value) && value.includes(':') && Address6.isValid(value);
}

/** One address of the family. @throws Failure RL0901 */
export function requireAddress(family: 4 | 6, value: string): string {
  const good = family === 4 ? isAddress4(value) : isAddress6(value);
  return good ? value : refuse('an address', value, `one IPv${family} address without a prefix`);
}

/** An address with its prefix length. @throws Failure RL0901 */
export function requireInterfaceAddress(family: 4 | 6, value: string): string {
  const [address = '', prefix = '', ...rest] = value.split('/');
  const length = /^(0|[1-9]\d{0,2})$/.test(prefix) ? Number(prefix) : Number.NaN;
  const good =
    rest.length === 0 &&
    length <= (family === 4 ? 32 : 128) &&
    (family === 4 ? isAddress4 : isAddress6)(address);
  return good
    ? value
    : refuse('an address', value, `an IPv${family} address with a prefix, as 192.0.2.10/24`);
}

/** The address before the prefix. */
export function stripPrefix(value: string): string {
  return value.split('/')[0] ?? value;
}

/** Whether a gateway is reached without a router: inside the subnet, or link-local. Both values are checked already. */
export function isOnSubnet(family: 4 | 6, gateway: string, interfaceAddress: string): boolean {
  if (family === 4) return new Address4(gateway).isInSubnet(new Address4(interfaceAddress));
  const address = new Address6(gateway);
  return address.isInSubnet(new Address6('fe80::/10')) || address.isInSubnet(new Address6(interfaceAddress));
}
