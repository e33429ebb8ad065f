import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A key of a test's own, and its keyring. */
export interface TestKey {
  readonly home: string;
  readonly keyring: string;
  readonly fingerprint: string;
}

function gpg(home: string, ...argv: string[]): string {
  const options = [
    '--homedir',
    home,
    '--batch',
    '--quiet',
    '--pinentry-mode',
    'loopback',
    '--passphrase',
    '',
  ];
  return execFileSync('gpg', [...options, ...argv], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function makeKey(directory: string, name: string): TestKey {
  const home = join(directory, name);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  gpg(home, '--quick-gen-key', `${name} <${name}@example.org>`, 'ed25519', 'sign', 'never');
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg(home, '--with-colons', '--list-keys'))?.[1] ?? '';
  const keyring = join(directory, `${name}.gpg`);
  writeFileSync(
    keyring,
    execFileSync('gpg', ['--homedir', home, '--export'], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  return { home, keyring, fingerprint };
}

/** Writes SHA512SUMS or SHA256SUMS beside an image, and its signature when a key is given. */
export function signImage(
  image: string,
  key: TestKey | undefined,
  text?: string,
  algorithm: 'sha256' | 'sha512' = 'sha512',
): void {
  const sums = join(dirname(image), `${algorithm.toUpperCase()}SUMS`);
  const hash = createHash(algorithm).update(readFileSync(image)).digest('hex');
  writeFileSync(sums, text ?? `${hash}  ${basename(image)}\n`);
  if (key !== undefined) gpg(key.home, '--yes', '--detach-sign', '--armor', '--output', `${sums}.sign`, sums);
}
