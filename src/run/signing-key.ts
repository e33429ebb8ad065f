import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { EXIT, Failure } from '../report/failure.ts';
import { makeDirectory, pathExists, readTextFile, statPath, writeFileAtomically } from './files.ts';

/** An Ed25519 key pair of this machine. */
export interface SigningKeyPair {
  readonly privateKey: KeyObject;
  /** The 32 bytes of the public key. */
  readonly publicBytes: Uint8Array;
}

/**
 * Reads the key of this path, or makes it: PKCS#8 in PEM, mode 0600. It never leaves this file.
 * @throws Failure RL0610 when it is none, or when others can read it
 */
export function openSigningKey(path: string): SigningKeyPair {
  if (!pathExists(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    makeDirectory(path.slice(0, path.lastIndexOf('/')), 0o700);
    writeFileAtomically(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  }
  if (((statPath(path)?.mode ?? 0) & 0o077) !== 0) {
    throw refuse(
      `the private key ${path} can be read by others`,
      `chmod 600 ${path}, and think of a new key`,
    );
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(readTextFile(path, 4096));
  } catch {
    throw refuse(`${path} is no private key in PEM`, 'move it away: the next run makes a new one');
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw refuse(`${path} is no Ed25519 key`, 'move it away: the next run makes a new one');
  }
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { privateKey, publicBytes: Buffer.from(x, 'base64url') };
}

function refuse(message: string, hint: string): Failure {
  return new Failure(EXIT.invalid, 'RL0610', message, hint);
}
