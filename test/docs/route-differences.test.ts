import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FILE_DIFFERENCES } from '../support/file-differences.ts';
import { findUnexplained, PACKAGE_DIFFERENCES } from '../support/route-differences.ts';

/** One spec: what the installer had installed on its root at its end, and what apt resolves for route `bootstrap` (trixie 13.x). */
const read = (name: string) =>
  readFileSync(new URL(`../captured/packages-${name}-trixie.txt`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
const installer = read('installer');
const bootstrap = read('bootstrap');

test('every package that only the installer brings has its reason', () => {
  expect(installer.length).toBeGreaterThan(140);
  expect(findUnexplained(installer, bootstrap).installer).toEqual([]);
  expect(findUnexplained([...installer, 'surprise'], bootstrap).installer).toEqual(['surprise']);
});

test('every reason is one for a package that is there', () => {
  const alone = installer.filter((name) => !bootstrap.includes(name));
  for (const { what, packages } of PACKAGE_DIFFERENCES) {
    expect({ what, found: alone.some((name) => packages.test(name)) }).toEqual({ what, found: true });
  }
});

test('the documentation has each of them, with its reason', () => {
  const text = readFileSync(new URL('../../docs/installer.md', import.meta.url), 'utf8');
  for (const { only, what, why } of PACKAGE_DIFFERENCES)
    expect(text).toContain(`| ${only} | ${what} | ${why} |`);
  for (const { only, what, why } of FILE_DIFFERENCES)
    expect(text).toContain(`| ${only.join(', ')} | ${what} | ${why} |`);
});
