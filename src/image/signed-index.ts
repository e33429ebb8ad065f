import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import type { CodeParameters } from '../report/codes.ts';
import { EXIT, type Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { parseIndex, type StoreIndex, serialiseIndex } from './index-file.ts';

const signedSchema = z.strictObject({
  format: z.literal(1),
  /** The text of the index, as it was signed. */
  index: z.string(),
  /** The 32 bytes of an Ed25519 public key, and the signature, in hexadecimal. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});

/** Text and signature in one file, so that no reader finds one of them old and the other new. */
export const SIGNED_INDEX = 'index.signed.json';

/** Signed in front of the text, so that a signature made for this is good for nothing else. */
const CONTEXT = 'relight image index 1\n';

/** The name of a public key: SHA-256 of its 32 bytes. */
export function fingerprintKey(publicBytes: Uint8Array): string {
  return createHash('sha256').update(publicBytes).digest('hex');
}

export function signIndex(
  index: StoreIndex,
  key: { readonly privateKey: KeyObject; readonly publicBytes: Uint8Array },
): string {
  const text = serialiseIndex(index);
  const signed = {
    format: 1,
    index: text,
    key: Buffer.from(key.publicBytes).toString('hex'),
    signature: sign(null, Buffer.from(CONTEXT + text, 'utf8'), key.privateKey).toString('hex'),
  };
  return `${JSON.stringify(signed, undefined, 1)}\n`;
}

/**
 * Reads an index only when its signature is good and its key is one of `trusted` (fingerprints).
 * @throws Failure RL1620 to RL1622; the message has the fingerprint of the key
 */
export function openSignedIndex(text: string, place: string, trusted: readonly string[]): StoreIndex {
  const signed = readSigned(text);
  if (signed === undefined) throw refuse('RL1620', { place });
  const publicBytes = Buffer.from(signed.key, 'hex');
  const fingerprint = fingerprintKey(publicBytes);
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicBytes.toString('base64url') },
    format: 'jwk',
  });
  const data = Buffer.from(CONTEXT + signed.index, 'utf8');
  if (!verify(null, data, key, Buffer.from(signed.signature, 'hex')))
    throw refuse('RL1621', { place, fingerprint });
  if (!trusted.includes(fingerprint)) throw refuse('RL1622', { place, fingerprint });
  return parseIndex(signed.index, place);
}

function readSigned(text: string): z.infer<typeof signedSchema> | undefined {
  try {
    return signedSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function refuse<Key extends 'RL1620' | 'RL1621' | 'RL1622'>(code: Key, values: CodeParameters<Key>): Failure {
  return makeFailure(EXIT.invalid, code, values);
}
