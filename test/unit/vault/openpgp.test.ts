import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { clearSign, encodeKeyring, findFingerprint } from '../../../src/vault/openpgp.ts';

const directory = mkdtempSync(join(tmpdir(), 'relight-openpgp-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function makeKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { privateKey, publicBytes: Buffer.from(x, 'base64url') };
}

function verify(text: string, keyring: Uint8Array) {
  writeFileSync(join(directory, 'keyring.gpg'), keyring);
  writeFileSync(join(directory, 'text'), text);
  const argv = [
    '--status-fd',
    '1',
    '--keyring',
    join(directory, 'keyring.gpg'),
    '-o',
    '-',
    join(directory, 'text'),
  ];
  return spawnSync('gpgv', argv, { encoding: 'utf8' });
}

const TEXT = 'Origin: relight\n- a dash\n trailing blanks  \n\nlast\n';
const NOW = Math.floor(Date.now() / 1000);

describe('what the vault signs', () => {
  test('is good for gpgv', () => {
    for (let count = 0; count < 5; count += 1) {
      const key = makeKey();
      const result = verify(clearSign(TEXT, key, NOW), encodeKeyring(key, 'relight vault'));
      expect(result.status, result.stderr).toBe(0);
      expect(result.stdout).toContain(`VALIDSIG ${findFingerprint(key.publicBytes)}`);
      expect(result.stdout).toContain('- a dash\n');
    }
  });

  test('is good, too, where a number begins with zeros and is written shorter', () => {
    const key = makeKey();
    const keyring = encodeKeyring(key, 'relight vault');
    const signed = Array.from({ length: 2000 }, (_, count) => clearSign(`text ${count + 1000}\n`, key, NOW));
    const measure = (text: string) =>
      Buffer.from(text.split('SIGNATURE-----\n\n')[1]?.split('\n=')[0] ?? '', 'base64').length;
    const usual = Math.max(...signed.map(measure));
    const short = signed.filter((text) => measure(text) < usual);
    expect(short.length).toBeGreaterThan(0);
    for (const text of short.slice(0, 5)) expect(verify(text, keyring).status).toBe(0);
  });

  test('a changed text, an added line and another key are refused', () => {
    const key = makeKey();
    const signed = clearSign(TEXT, key, NOW);
    const keyring = encodeKeyring(key, 'relight vault');
    expect(verify(signed.replace('relight\n', 'another\n'), keyring).status).not.toBe(0);
    expect(verify(signed.replace('last\n', 'last\nmore\n'), keyring).status).not.toBe(0);
    expect(verify(signed, encodeKeyring(makeKey(), 'relight vault')).status).not.toBe(0);
  });

  test('the key is one that gpg imports, with its own certification', () => {
    const key = makeKey();
    writeFileSync(join(directory, 'key.gpg'), encodeKeyring(key, 'relight vault'));
    const home = mkdtempSync(join(directory, 'home-'));
    const argv = ['--homedir', home, '--batch', '--with-colons', '--show-keys', join(directory, 'key.gpg')];
    const shown = execFileSync('gpg', argv, { encoding: 'utf8' });
    expect(shown).toMatch(/^pub:[^:]*:255:22:/m);
    expect(shown).toContain(findFingerprint(key.publicBytes));
    expect(shown).toMatch(/^uid:[^:]*:.*relight vault/m);
  });
});
