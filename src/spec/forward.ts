import { parseIpv4 } from './address.ts';
import type { ForwardSpec } from './types.ts';

/** `203.0.113.10`, `203.0.113.10:443 -> 443` or `203.0.113.10:53/udp -> 53`. */
export const FORWARD_PATTERN =
  /^([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?::([1-9][0-9]{0,4})(?:\/(tcp|udp))? -> ([1-9][0-9]{0,4}))?$/;

/** Reads a forward, or returns undefined when it is not one. */
export function parseForward(text: string): ForwardSpec | undefined {
  const match = FORWARD_PATTERN.exec(text);
  const [, address = '', port, protocol, guestPort] = match ?? [];
  if (parseIpv4(address) === undefined) return undefined;
  if (Number(port ?? 1) > 65535 || Number(guestPort ?? 1) > 65535) return undefined;
  return {
    address,
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    port: port === undefined ? undefined : Number(port),
    guestPort: guestPort === undefined ? undefined : Number(guestPort),
  };
}
