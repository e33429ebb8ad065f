import type { SignatureResult } from '../tools/gpgv.ts';
import { parseChecksums } from './checksums.ts';
import { isoFailure } from './problems.ts';

/** Debian signs two lists of the same images, SHA256SUMS and SHA512SUMS. */
export type SumsAlgorithm = 'sha256' | 'sha512';

/** What is known of an image's origin. It is recorded in the manifest of whatever is made from the image. */
export type Origin =
  | {
      readonly kind: 'signed';
      readonly fingerprints: readonly string[];
      /** The name that the signed list gives the image. */
      readonly name: string;
      readonly sha256?: string;
      readonly sha512?: string;
    }
  | { readonly kind: 'insecure'; readonly reason: string };

/** A list of hashes whose signature is good, or the reason why there is none. */
export type Sums =
  | {
      readonly kind: 'signed';
      readonly fingerprints: readonly string[];
      readonly algorithm: SumsAlgorithm;
      readonly text: string;
    }
  | { readonly kind: 'insecure'; readonly reason: string };

/**
 * Looks the image up in the list, when there is one.
 * @throws Failure RL6013, RL6016.
 */
export function judgeOrigin(sums: Sums, hash: string, fileName: string): Origin {
  if (sums.kind === 'insecure') return sums;
  const { algorithm, fingerprints, text } = sums;
  const name = findInSums(text, algorithm, hash, fileName);
  return { kind: 'signed', fingerprints, name, [algorithm]: hash };
}

/**
 * Demands good signatures by allowed keys only.
 * @throws Failure RL6014 for another key, RL6015 for anything that is not good.
 */
export function requireSignature(result: SignatureResult, allowed: readonly string[]): void {
  if (result.unknownKey !== undefined) throw isoFailure('wrong-key', { fingerprint: result.unknownKey });
  if (result.problem !== undefined) throw isoFailure('bad-signature', { why: result.problem });
  const normal = allowed.map((fingerprint) => fingerprint.replace(/\s/g, '').toUpperCase());
  const foreign = result.fingerprints.find((fingerprint) => !normal.includes(fingerprint));
  if (foreign !== undefined) throw isoFailure('wrong-key', { fingerprint: foreign });
  if (result.fingerprints.length === 0)
    throw isoFailure('bad-signature', { why: 'there is no valid signature' });
}

/**
 * Looks the image up in a signed list: by its hash, so that a renamed image is still known by its own name.
 * @throws Failure RL6016 when the list has another hash for this name, RL6013 when it knows neither.
 */
export function findInSums(sums: string, algorithm: SumsAlgorithm, hash: string, fileName: string): string {
  const lines = parseChecksums(sums, algorithm === 'sha512' ? 128 : 64);
  const byHash = lines.find((line) => line.hash === hash);
  if (byHash !== undefined) return byHash.path;
  if (lines.some((line) => line.path === fileName)) throw isoFailure('wrong-hash', { name: fileName });
  throw isoFailure('no-signature', { what: `${algorithm.toUpperCase()}SUMS does not list ${fileName}` });
}
