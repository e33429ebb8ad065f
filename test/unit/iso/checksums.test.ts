import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatChecksums, parseChecksums } from '../../../src/iso/checksums.ts';
import { hideSecrets } from '../../../src/iso/preseed-hide.ts';
import { findInSums, requireSignature } from '../../../src/iso/signature.ts';
import { IMAGE_KEYS, parseGpgvStatus, parseSqvOutput } from '../../../src/tools/gpgv.ts';

const hash = fc.stringMatching(/^[0-9a-f]{32}$/);
const path = fc.stringMatching(/^\.\/[A-Za-z0-9._ é-]{1,30}$/).filter((text) => text.trim() === text);

test('what is written reads back, sorted, each path once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.record({ hash, path }), { selector: (line) => line.path }), (lines) => {
      const again = parseChecksums(formatChecksums(lines), 32);
      expect(new Map(again.map((line) => [line.path, line.hash]))).toEqual(
        new Map(lines.map((line) => [line.path, line.hash])),
      );
      const paths = again.map((line) => Buffer.from(line.path));
      expect(
        paths.every((name, index) => index === 0 || Buffer.compare(paths[index - 1] ?? name, name) < 0),
      ).toBe(true);
    }),
  );
});

test('the later line of a path wins', () => {
  const lines = [
    { hash: 'a'.repeat(32), path: './x' },
    { hash: 'b'.repeat(32), path: './x' },
  ];
  expect(formatChecksums(lines)).toBe(`${'b'.repeat(32)}  ./x\n`);
});

test.each(['garbage', `${'a'.repeat(31)}  ./x`, `${'g'.repeat(32)}  ./x`, `${'a'.repeat(32)}  `])(
  'leaves out %j',
  (line) => {
    expect(parseChecksums(line, 32)).toEqual([]);
  },
);

const SHA = 'c'.repeat(128);

test('an image is found by its hash, whatever it is called', () => {
  expect(findInSums(`${SHA}  debian-13.1.0-amd64-netinst.iso\n`, 'sha512', SHA, 'renamed.iso')).toBe(
    'debian-13.1.0-amd64-netinst.iso',
  );
});

test('a listed name with another hash is not the same as an unknown image', () => {
  const sums = `${'d'.repeat(128)}  a.iso\n`;
  expect(() => findInSums(sums, 'sha512', SHA, 'a.iso')).toThrowError(
    expect.objectContaining({ code: 'RL6016' }),
  );
  expect(() => findInSums(sums, 'sha512', SHA, 'b.iso')).toThrowError(
    expect.objectContaining({ code: 'RL6013' }),
  );
});

const STABLE = IMAGE_KEYS[0] ?? '';
const VALID = `[GNUPG:] GOODSIG 42468F4009EA8AC3 Debian\n[GNUPG:] VALIDSIG ${'1'.repeat(40)} 2025-09-06 1757 0 4 0 1 10 00 ${STABLE}\n`;

test('only a good signature by an allowed primary key counts', () => {
  expect(() => requireSignature(parseGpgvStatus(VALID, true), IMAGE_KEYS)).not.toThrow();
  expect(() => requireSignature(parseGpgvStatus(VALID, true), ['F'.repeat(40)])).toThrowError(
    expect.objectContaining({ code: 'RL6014', message: expect.stringContaining(STABLE) }),
  );
});

test.each([
  ['the program fails', VALID, false],
  ['nothing is said', '', true],
  ['a bad one stands beside', `${VALID}[GNUPG:] BADSIG 1 x\n`, true],
  ['the key has expired', VALID.replace('GOODSIG', 'EXPKEYSIG'), true],
  ['the key was revoked', VALID.replace('GOODSIG', 'REVKEYSIG'), true],
  ['the lines are no status lines', VALID.replaceAll('[GNUPG:] ', ''), true],
])('refuses when %s', (_why, output, succeeded) => {
  expect(() => requireSignature(parseGpgvStatus(output, succeeded), IMAGE_KEYS)).toThrowError(
    expect.objectContaining({ code: 'RL6015' }),
  );
});

test('sqv: fingerprints count only when it succeeded', () => {
  expect(parseSqvOutput(`${STABLE}\n`, '', true)).toEqual({
    fingerprints: [STABLE],
    problem: undefined,
    unknownKey: undefined,
  });
  expect(() => requireSignature(parseSqvOutput(`${STABLE}\n`, 'x', false), IMAGE_KEYS)).toThrowError(
    expect.objectContaining({ code: 'RL6015' }),
  );
  expect(() => requireSignature(parseSqvOutput('', '', true), IMAGE_KEYS)).toThrow();
  // As sqv 1.3 of Debian 13 prints them.
  const missing = `Missing key ${STABLE}, which is needed to verify signature.\n`;
  expect(() => requireSignature(parseSqvOutput('', missing, false), IMAGE_KEYS)).toThrowError(
    expect.objectContaining({ code: 'RL6014', message: expect.stringContaining(STABLE) }),
  );
  const changed = 'Verifying signature:\n           Message has been manipulated\n';
  expect(() => requireSignature(parseSqvOutput('', changed, false), IMAGE_KEYS)).toThrowError(/manipulated/);
});

test('secrets of a preseed are not shown', () => {
  const preseed = [
    'd-i passwd/root-password password canary',
    'd-i passwd/user-password-crypted password $y$canary',
    'd-i preseed/late_command string curl -H canary',
    'd-i x/y string \\',
    '  canary',
    'd-i netcfg/wireless_wep string canary',
    'd-i some/question string $6$salt$canary',
    'd-i mirror/http/proxy string http://u:canary@h/',
    '# canary',
    'd-i keyboard-configuration/xkb-keymap select gb',
  ].join('\n');
  const lines = hideSecrets(preseed);
  expect(lines.join('\n')).not.toContain('canary');
  expect(lines).toContain('d-i keyboard-configuration/xkb-keymap select gb');
  expect(lines).toContain('d-i passwd/root-password password (hidden)');
});
