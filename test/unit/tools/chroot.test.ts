import { describe, expect, test } from 'vitest';
import {
  buildChrootArgv,
  buildOwnMountsArgv,
  buildPlainChrootArgv,
  findProgram,
  nameCommand,
} from '../../../src/tools/chroot.ts';

describe('buildOwnMountsArgv', () => {
  test('wraps a command in mounts of its own, and findProgram still names it', () => {
    const argv = buildOwnMountsArgv(['mmdebstrap', '--format=directory']);
    expect(argv.slice(0, 2)).toEqual(['unshare', '--mount']);
    expect(argv.slice(-2)).toEqual(['mmdebstrap', '--format=directory']);
    expect(findProgram(argv)).toBe('mmdebstrap');
  });

  test('any other argv is about its first word', () => {
    expect(findProgram(['mke2fs', '-q'])).toBe('mke2fs');
    expect(findProgram(buildChrootArgv('/srv/root', ['true']))).toBe('unshare');
    expect(findProgram([])).toBeUndefined();
    expect(findProgram(['env', 'A=b', 'C=d', 'apt-get'])).toBe('apt-get');
    expect(findProgram(['env', 'A=b'])).toBeUndefined();
  });
});

test('a person reads the name of the command, not of what only leads to it', () => {
  expect(nameCommand(buildOwnMountsArgv(['mmdebstrap', '--verbose']))).toBe('mmdebstrap');
  expect(nameCommand(buildChrootArgv('/srv/root', ['useradd', 'anna']))).toBe(
    "useradd inside the guest's root",
  );
  expect(nameCommand(buildPlainChrootArgv('/srv/root', ['chpasswd']))).toBe(
    "chpasswd inside the guest's root",
  );
  expect(nameCommand(['mke2fs', '-q'])).toBe('mke2fs');
});
