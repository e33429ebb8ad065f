import { describe, expect, test } from 'vitest';
import {
  BOOT_METHODS,
  BOOT_ROWS,
  chooseDefaultBoot,
  judgeBoot,
  listBootMethods,
} from '../../../src/release/boot.ts';
import { describeMeasured, findMeasured, MEASURED_BOOTS } from '../../../src/release/boot-measured.ts';
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

  test('every boot that was tried has a row, its guest said what it was, and the verdict follows it', () => {
    for (const row of MEASURED_BOOTS) {
      expect(BOOT_ROWS.some(({ guest, boot }) => guest === row.guest && boot === row.boot)).toBe(true);
      expect(row.evidence.join('\n')).toMatch(row.boots === true ? /relight-ready lab/ : /./);
      if (row.boots === true) expect(row.type).toBe(row.guest.toUpperCase());
      const verdict = judgeBoot(row.suite, row.guest, row.boot);
      expect(verdict.evidence).toContain(describeMeasured(row));
      const tried = findMeasured(row.suite, row.guest, row.boot).filter(({ boots }) => boots !== undefined);
      if (tried.length > 0) expect(verdict.possible).toBe(tried.some(({ boots }) => boots));
    }
    expect(MEASURED_BOOTS.filter(({ boots }) => boots === true).length).toBeGreaterThanOrEqual(10);
  });

  test('what was not tried is judged by what is known of the loaders', () => {
    expect(findMeasured('sid', 'pv', 'grub')).toEqual([]);
    expect(judgeBoot('sid', 'pv', 'grub')).toMatchObject({ possible: false });
  });

  test('a boot that the emulation was too slow to tell of proves nothing', () => {
    const row = {
      suite: 'sid',
      guest: 'hvm',
      boot: 'bios',
      xen: '4.20',
      reached: 'GRUB',
      evidence: [],
    } as const;
    expect(describeMeasured(row)).toBe('on Xen 4.20 nothing is proven: it reached GRUB');
  });
});
