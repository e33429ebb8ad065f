import { createHash, type KeyObject, sign } from 'node:crypto';
import { encodeArmor } from './openpgp-armor.ts';

/**
 * OpenPGP (RFC 4880, RFC 6637, draft-koch-eddsa-for-openpgp) as far as a repository's key needs it: one Ed25519 key, its
 * own certification, and clear-signed text. apt's verifiers, gpgv and sqv, take what this writes.
 */

const EDDSA = 22;
const SHA512 = 10;
const OID_ED25519 = [0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];
/** One time for all keys, so that the fingerprint depends on nothing but the key (2025-01-01). */
const CREATED = 1_735_689_600;
const TEXT_SIGNATURE = 0x01;
const POSITIVE_CERTIFICATION = 0x13;
/** The key may certify and sign. */
const KEY_FLAGS = 0x03;

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** The 32 bytes of the public key. */
  readonly publicBytes: Uint8Array;
}

/** The fingerprint of the key as gpgv and sqv print it: 40 upper-case hexadecimal digits. */
export function findFingerprint(publicBytes: Uint8Array): string {
  return digest('sha1', frameKey(encodeKey(publicBytes)))
    .toString('hex')
    .toUpperCase();
}

/** A binary keyring with this one key, as `signed-by` in apt's sources takes it. */
export function encodeKeyring(key: SigningKey, userId: string): Uint8Array {
  const user = Buffer.from(userId, 'utf8');
  const prefix = Buffer.alloc(5);
  prefix[0] = 0xb4;
  prefix.writeUInt32BE(user.length, 1);
  const body = encodeKey(key.publicBytes);
  const certification = encodeSignature(key, {
    type: POSITIVE_CERTIFICATION,
    data: Buffer.concat([frameKey(body), prefix, user]),
    at: CREATED,
    extra: [subpacket(27, [KEY_FLAGS])],
  });
  return Buffer.concat([packet(6, body), packet(13, user), packet(2, certification)]);
}

/** Clear-signs a text of whole lines (RFC 4880, 7). @param at seconds since 1970 */
export function clearSign(text: string, key: SigningKey, at: number): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const canonical = lines.map((line) => line.replace(/[ \t\r]+$/, '')).join('\r\n');
  const signature = encodeSignature(key, {
    type: TEXT_SIGNATURE,
    data: Buffer.from(canonical, 'utf8'),
    at,
    extra: [],
  });
  const escaped = lines.map((line) => (line.startsWith('-') ? `- ${line}` : line)).join('\n');
  const armor = encodeArmor('PGP SIGNATURE', packet(2, signature));
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${escaped}\n${armor}`;
}

interface SignatureRequest {
  readonly type: number;
  readonly data: Uint8Array;
  readonly at: number;
  readonly extra: readonly Uint8Array[];
}

function encodeSignature(key: SigningKey, request: SignatureRequest): Buffer {
  const fingerprint = Buffer.from(findFingerprint(key.publicBytes), 'hex');
  const time = Buffer.alloc(4);
  time.writeUInt32BE(request.at);
  const hashed = Buffer.concat([
    subpacket(33, [4, ...fingerprint]),
    subpacket(2, [...time]),
    ...request.extra,
  ]);
  const head = Buffer.concat([Buffer.from([4, request.type, EDDSA, SHA512]), withLength(hashed)]);
  const trailer = Buffer.alloc(6);
  trailer[0] = 4;
  trailer[1] = 0xff;
  trailer.writeUInt32BE(head.length, 2);
  const hash = digest('sha512', request.data, head, trailer);
  const signature = sign(null, hash, key.privateKey);
  return Buffer.concat([
    head,
    withLength(subpacket(16, [...fingerprint.subarray(-8)])),
    hash.subarray(0, 2),
    encodeInteger(signature.subarray(0, 32)),
    encodeInteger(signature.subarray(32)),
  ]);
}

function encodeKey(publicBytes: Uint8Array): Buffer {
  const head = Buffer.from([4, 0, 0, 0, 0, EDDSA, OID_ED25519.length, ...OID_ED25519]);
  head.writeUInt32BE(CREATED, 1);
  return Buffer.concat([head, encodeInteger(Buffer.from([0x40, ...publicBytes]))]);
}

/** What of a key goes into hashes (RFC 4880, 5.2.4). */
function frameKey(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x99]), withLength(body)]);
}

function withLength(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function subpacket(type: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([body.length + 1, type, ...body]);
}

/** A multiprecision integer: its length in bits, then its bytes without leading zeros (RFC 4880, 3.2). */
function encodeInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const rest = first === -1 ? new Uint8Array() : bytes.subarray(first);
  const bits = rest.length === 0 ? 0 : rest.length * 8 - Math.clz32(rest[0] ?? 0) + 24;
  return Buffer.concat([Buffer.from([bits >> 8, bits & 0xff]), rest]);
}

/** A packet with a header of the new format (RFC 4880, 4.2.2). */
function packet(tag: number, body: Uint8Array): Buffer {
  const { length } = body;
  const size = length < 192 ? [length] : [((length - 192) >> 8) + 192, (length - 192) & 0xff];
  return Buffer.concat([Buffer.from([0xc0 | tag, ...size]), body]);
}

function digest(algorithm: string, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}
