import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCpio, writeCpio } from '../../../src/render/cpio.ts';

const path = fc
  .stringMatching(/^[a-z]{1,8}(\/[a-zé0-9._-]{1,8}){0,3}$/)
  .filter((text) => !/(^|\/)\.{1,2}(\/|$)/.test(text));
const entry = fc.record({
  path,
  mode: fc.constantFrom(0o100644, 0o100600, 0o100755),
  content: fc.uint8Array({ maxLength: 600 }),
});

test('what is written reads back', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      const archive = writeCpio(entries);
      expect(archive.length % 512).toBe(0);
      const again = readCpio(archive)?.entries.map(({ path: name, mode, content }) => ({
        path: name,
        mode,
        content: [...content],
      }));
      expect(again).toEqual(
        entries.map(({ path: name, mode, content }) => ({ path: name, mode, content: [...content] })),
      );
    }),
  );
});

test('a damaged or cut archive is no archive', () => {
  const archive = writeCpio([{ path: 'a', mode: 0o100644, content: new Uint8Array(1000) }]);
  expect(readCpio(archive.slice(0, 500))).toBeUndefined();
  expect(readCpio(new Uint8Array(1000))).toBeUndefined();
  const damaged = archive.slice();
  damaged.set(new TextEncoder().encode('zzzz'), 20);
  expect(readCpio(damaged)).toBeUndefined();
});

test.each(['/etc/passwd', '../x', 'a/../b', '', 'a//b', './a', 'a\0b', 'TRAILER!!!'])(
  'refuses the path %j',
  (bad) => {
    expect(() => writeCpio([{ path: bad, mode: 0o100644, content: new Uint8Array(0) }])).toThrow(RangeError);
  },
);

test('cpio(1) unpacks it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'relight-cpio-'));
  try {
    const archive = writeCpio([
      { path: 'etc', mode: 0o040755, content: new Uint8Array(0) },
      { path: 'etc/odd', mode: 0o100640, content: new TextEncoder().encode('content') },
    ]);
    execFileSync('cpio', ['-idm', '--quiet'], { cwd: directory, input: archive });
    expect(readFileSync(join(directory, 'etc/odd'), 'utf8')).toBe('content');
    expect(statSync(join(directory, 'etc/odd')).mode & 0o777).toBe(0o640);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
