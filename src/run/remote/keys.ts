import { z } from 'zod';
import { fingerprintKey } from '../../image/signed-index.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { makeDirectory, pathExists, readTextFile, writeFileAtomically } from '../files.ts';
import { openSigningKey, type SigningKeyPair } from '../signing-key.ts';

const trustSchema = z.array(z.string().regex(/^[0-9a-f]{64}$/));

/** This machine's key for images, and the keys of others that it trusts. */
export interface ImageKeys {
  /** Made when it is asked for the first time. */
  readonly own: () => SigningKeyPair;
  /** Fingerprints: of the own key, when there is one, and of those that somebody said to trust. */
  readonly listTrusted: () => string[];
  readonly trust: (fingerprint: string) => void;
}

/** @param directory is made with mode 0700 */
export function openImageKeys(directory: string): ImageKeys {
  const privatePath = `${directory}/private.pem`;
  const trustPath = `${directory}/trusted.json`;
  const readTrusted = (): string[] => {
    if (!pathExists(trustPath)) return [];
    try {
      return trustSchema.parse(JSON.parse(readTextFile(trustPath)));
    } catch {
      throw new Failure(
        EXIT.invalid,
        'RL0610',
        `${trustPath} is no list of fingerprints`,
        'remove it and trust anew',
      );
    }
  };
  return {
    own: () => openSigningKey(privatePath),
    listTrusted: () => {
      const own = pathExists(privatePath) ? [fingerprintKey(openSigningKey(privatePath).publicBytes)] : [];
      return [...own, ...readTrusted()];
    },
    trust: (fingerprint) => {
      const all = [...new Set([...readTrusted(), readFingerprint(fingerprint)])].sort();
      makeDirectory(directory, 0o700);
      writeFileAtomically(trustPath, `${JSON.stringify(all, undefined, 1)}\n`, 0o600);
    },
  };
}

/** @throws Failure RL1632 */
export function readFingerprint(text: string): string {
  const fingerprint = text.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(fingerprint)) return fingerprint;
  throw makeFailure(EXIT.usage, 'RL1632', { text });
}
