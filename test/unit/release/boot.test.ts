import { describe, expect, test } from 'vitest';
import {
  BOOT_METHODS,
  BOOT_ROWS,
  chooseDefaultBoot,
  judgeBoot,
  listBootMethods,
} from '../../../src/release/boot.ts';
import { listRoutesFor } from '../../../src/release/routes.ts';
import { findSuite, GUEST_TYPES, SUITE_NAMES, SUITES } from '../../../src/release/suites.ts';

describe('the release table', () => {
  test('every suite says how its kernel is compressed, and where that was read', () => {
    for (const suite of SUITES) expect(suite.evidence).toMatch(/CONFIG_KERNEL_(XZ|ZSTD)/);
    expect(findSuite('bookworm')).toMatchObject({ version: '12', kernelCompression: 'xz' });
    expect(findSuite('trixie')).toMatchObject({ version: '13', kernelCompression: 'zstd' });
    expect(findSuite('woody')).toBeUndefined();
  });

  test('every pair is listed once, with its evidence', () => {
    const pairs = BOOT_ROWS.map((row) => `${row.guest} ${row.boot}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    for (const row of BOOT_ROWS) expect(row.evidence.length).toBeGreaterThan(20);
  });

  test('the default of every suite and guest type can boot', () => {
    for (const suite of SUITE_NAMES) {
      for (const guest of GUEST_TYPES) {
        expect(judgeBoot(suite, guest, chooseDefaultBoot(suite, guest)).possible).toBe(true);
      }
    }
  });

  test('the whole table of trixie', () => {
    const possible = GUEST_TYPES.map((guest) => [guest, ...listBootMethods('trixie', guest)]);
    expect(possible).toEqual([
      ['pv', 'direct', 'pygrub'],
      ['pvh', 'grub', 'direct', 'pygrub'],
      ['hvm', 'bios', 'uefi', 'direct'],
    ]);
  });

  test('a kernel in zstd is what stops PV with GRUB', () => {
    expect(judgeBoot('bookworm', 'pv', 'grub').possible).toBe(true);
    expect(judgeBoot('trixie', 'pv', 'grub')).toMatchObject({ possible: false });
    expect(judgeBoot('trixie', 'pv', 'grub').evidence).toContain('trixie has a kernel in zstd');
  });

  test('no method is in the table that the spec does not know', () => {
    for (const row of BOOT_ROWS) expect(BOOT_METHODS).toContain(row.boot);
  });

  test('only the installer makes encrypted disks', () => {
    expect(listRoutesFor('luks')).toEqual(['installer', 'iso']);
    expect(listRoutesFor('plain')[0]).toBe('bootstrap');
  });
});
