import { expect, test } from 'vitest';
import { findXlLockFile, parseFileLocks } from '../../../src/host/file-locks.ts';

test('/proc/locks is read, and those who wait are no holders', () => {
  const text = [
    '1: POSIX  ADVISORY  WRITE 812 00:1a:34 0 EOF',
    '1: -> POSIX  ADVISORY  WRITE 913 00:1a:34 0 EOF',
    '2: FLOCK  ADVISORY  READ 5798 fe:100:2146310 0 EOF',
    '3: OFDLCK ADVISORY  WRITE -1 08:02:7 0 0',
    '4: LEASE  ACTIVE    READ 1 08:02:7 0 EOF',
  ];
  expect(parseFileLocks(`${text.join('\n')}\n`)).toEqual([
    { kind: 'POSIX', mode: 'WRITE', pid: 812, major: 0, minor: 0x1a, inode: 34 },
    { kind: 'FLOCK', mode: 'READ', pid: 5798, major: 0xfe, minor: 0x100, inode: 2146310 },
    { kind: 'OFDLCK', mode: 'WRITE', pid: -1, major: 8, minor: 2, inode: 7 },
  ]);
});

test('the lock of xl is where xl.conf says', () => {
  expect(findXlLockFile(undefined)).toBe('/run/lock/xl');
  expect(findXlLockFile('#lockfile="/var/lock/xl"\nautoballoon="auto"\n')).toBe('/run/lock/xl');
  expect(findXlLockFile('vif.default.script="x"\nlockfile = "/srv/xl.lock"\n')).toBe('/srv/xl.lock');
});
