import { describe, expect, test } from 'vitest';
import {
  compareLocks,
  hashLock,
  type ImageLock,
  parseLock,
  readEpoch,
  serialiseLock,
} from '../../../src/image/lock.ts';

const locked = (name: string, version: string, source = 0): ImageLock['packages'][number] => ({
  name,
  version,
  architecture: 'amd64',
  sha256: name.charCodeAt(0).toString(16).padEnd(64, '0'),
  size: 1000,
  source,
  path: `pool/main/${name}_${version.replaceAll(':', '%3a')}.deb`,
});
const source = (suite: string, date: number) => ({
  url: 'http://mirror.example.org/debian',
  suite,
  components: ['main'],
  date,
  release: 'a'.repeat(64),
});
const lock: ImageLock = {
  format: 1,
  suite: 'bookworm',
  architecture: 'amd64',
  request: ['init', 'zstd'],
  sources: [source('bookworm', 1000), source('bookworm-security', 2000)],
  packages: [locked('bash', '5.2-1'), locked('curl', '1:7.0-1'), locked('dash', '0.5')],
};

describe('a lock', () => {
  test('reads back what was written, one package a line', () => {
    const text = serialiseLock(lock);
    expect(parseLock(text, 'x')).toEqual(lock);
    expect(text.split('\n').filter((line) => line.includes('"sha256"'))).toHaveLength(3);
    expect(hashLock(lock)).toBe(hashLock(parseLock(text, 'x')));
  });

  test('has the time of its newest source', () => {
    expect(readEpoch(lock)).toBe(2000);
  });

  const wrong: [string, object][] = [
    ['another format', { format: 2 }],
    ['a package of no source', { packages: [locked('bash', '5', 7)] }],
    ['a path that leads out', { packages: [{ ...locked('bash', '5'), path: '../../etc/x.deb' }] }],
    ['a name with a space', { packages: [{ ...locked('bash', '5'), name: 'a b' }] }],
    ['a version with a quote', { packages: [locked('bash', "1'x")] }],
    ['no packages', { packages: [] }],
  ];
  test.each(wrong)('is refused with %s', (_what, change) => {
    expect(() => parseLock(JSON.stringify({ ...lock, ...change }), 'base.lock')).toThrow(
      'base.lock is no lock',
    );
  });
});

test('two locks are compared by name, and a security update is called one', () => {
  const after: ImageLock = {
    ...lock,
    packages: [locked('bash', '5.2-1'), locked('curl', '1:7.0-2', 1), locked('ed', '1')],
  };
  expect(compareLocks(lock, after)).toEqual([
    { name: 'curl', before: '1:7.0-1', after: '1:7.0-2', security: true },
    { name: 'dash', before: '0.5', after: undefined, security: false },
    { name: 'ed', before: undefined, after: '1', security: false },
  ]);
  expect(compareLocks(lock, lock)).toEqual([]);
});
