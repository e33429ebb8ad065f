import { createHash } from 'node:crypto';

/** Separates the parts of a derived identity; no name can hold it. */
const SEPARATOR = '\0';

/**
 * The MAC address of a nic that names none: Xen's own prefix 00:16:3e and three bytes of a hash of site, guest and
 * position, so that it is the same at every rebuild. The top bit of the first of them is clear (xl.cfg(5), VIFs: the
 * upper half is left to addresses drawn at random by the toolstack).
 */
export function deriveMac(siteName: string, guestName: string, nicIndex: number): string {
  const bytes = hashParts('mac', siteName, guestName, String(nicIndex)).subarray(0, 3);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return `00:16:3e:${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
}

/**
 * The UUID of a guest that names none, laid out as version 8 of RFC 9562: bits of a hash of site and guest. Further
 * parts name something of the guest's, such as a filesystem.
 */
export function deriveUuid(siteName: string, guestName: string, ...parts: readonly string[]): string {
  const bytes = hashParts('uuid', siteName, guestName, ...parts).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function hashParts(...parts: readonly string[]): Buffer {
  return createHash('sha256')
    .update(['relight', ...parts].join(SEPARATOR))
    .digest();
}
