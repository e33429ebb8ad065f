import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/report/failure.ts';
import { createSecretStore, readSecrets } from '../../../src/run/secrets.ts';
import type { SecretReference } from '../../../src/spec/types.ts';

const directory = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => rmSync(directory, { recursive: true }));

const read = (reference: SecretReference, environment: Record<string, string> = {}) =>
  readSecrets(new Map([['anna', reference]]), environment).get('anna');

describe('readSecrets', () => {
  it('reads a hash, a private file without its last newline, a variable', () => {
    const path = `${directory}/good`;
    writeFileSync(path, 'a secret \n', { mode: 0o600 });
    expect(read({ kind: 'hash', hash: '$y$x' })).toBe('$y$x');
    expect(read({ kind: 'file', path })).toBe('a secret ');
    expect(read({ kind: 'env', name: 'PW' }, { PW: 'p' })).toBe('p');
  });

  it('refuses a missing, an empty, and a readable secret, and never shows a value', () => {
    const path = `${directory}/open`;
    writeFileSync(path, 'canary');
    chmodSync(path, 0o640);
    expect(() => read({ kind: 'file', path })).toThrow(
      expect.objectContaining({
        code: 'RL0641',
        hint: `chmod 600 ${path}`,
        message: expect.not.stringContaining('canary'),
      }),
    );
    expect(() => read({ kind: 'file', path: '/none' })).toThrow(
      expect.objectContaining({ status: EXIT.invalid }),
    );
    expect(() => read({ kind: 'env', name: 'PW' })).toThrow(expect.objectContaining({ code: 'RL0640' }));
  });

  it.each(['two\nlines', ' edge', 'edge ', 'schlüssel', 'a\tb', 'x'.repeat(513)])(
    'refuses %j as the key of a disk, which a person types one day, and does not show it',
    (PW) => {
      const key = { kind: 'env', name: 'PW', oneLine: true } as const;
      expect(read(key, { PW: 'correct horse' })).toBe('correct horse');
      expect(() => read(key, { PW })).toThrow(
        expect.objectContaining({ code: 'RL1220', message: expect.not.stringContaining(PW) }),
      );
    },
  );
});

describe('SecretStore', () => {
  it('puts values into content', () => {
    const store = createSecretStore({ a: 'AAAA' });
    store.add('b', 'BBBB');
    expect(store.resolve('plain')).toBe('plain');
    expect(store.resolve([{ text: 'x:' }, { secret: 'a' }, { secret: 'b' }, { text: '\n' }])).toBe(
      'x:AAAABBBB\n',
    );
    expect(() => store.resolve([{ secret: 'c' }])).toThrow('the secret c was not read');
  });

  it('hides a value, also inside base64, JSON and URLs, and the value that holds another one whole', () => {
    const secret = fc.string({ unit: 'grapheme-ascii', minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 5 }), (value, after) => {
        const { redact } = createSecretStore({ value, longer: `${value}-more` });
        const base64 = Buffer.from(value).toString('base64');
        for (const text of [value, base64, JSON.stringify(value), encodeURIComponent(value)]) {
          const shown = redact(`<${text}>${after}`);
          expect(shown.startsWith(`<${text}>`)).toBe(false);
          expect(shown).toContain('[secret]');
        }
        expect(redact(`${value}-more`)).not.toContain('-more');
      }),
    );
  });

  it('hides the lines of a private key one by one', () => {
    const key = '-----BEGIN KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END KEY-----\n';
    const { redact } = createSecretStore({ key });
    expect(redact('| b3BlbnNzaC1rZXktdjEAAAAABG5vbmU')).toBe('| [secret]');
  });

  it('leaves words alone that are too short to be worth hiding', () => {
    expect(createSecretStore({ a: 'abc' }).redact('abc abcd')).toBe('abc abcd');
  });
});
