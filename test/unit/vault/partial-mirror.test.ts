import { expect, test } from 'vitest';
import { listDebootstrapPackages, parseArchivePackages } from '../../../src/vault/archive-packages.ts';
import { listServedNames, readRange, readRequestPath } from '../../../src/vault/partial-mirror.ts';
import { listWantedIndices, parseSuiteRelease, readClearSigned } from '../../../src/vault/suite-release.ts';

const hash = (digit: string) => digit.repeat(64);

test('an index is served by its hash as well, a package and a Release are not', () => {
  const names = listServedNames([
    { path: 'dists/trixie/InRelease', sha256: hash('a'), size: 1 },
    { path: 'dists/trixie/main/binary-amd64/Packages.xz', sha256: hash('b'), size: 1 },
    { path: 'pool/main/l/less/less_1_amd64.deb', sha256: hash('c'), size: 1 },
  ]);
  expect([...names.keys()]).toEqual([
    'dists/trixie/InRelease',
    'dists/trixie/main/binary-amd64/Packages.xz',
    `dists/trixie/main/binary-amd64/by-hash/SHA256/${hash('b')}`,
    'pool/main/l/less/less_1_amd64.deb',
  ]);
});

test.each([
  ['/debian/dists/trixie/InRelease', 'dists/trixie/InRelease'],
  ['/debian//dists/trixie/InRelease', 'dists/trixie/InRelease'],
  ['/debian/pool/main/g/g%2b%2b/g%2b%2b_4%3a1%7e1_amd64.deb', 'pool/main/g/g++/g++_4:1~1_amd64.deb'],
  ['/debian/x?y', 'x'],
  ['/debian', undefined],
  ['/debian/', undefined],
  ['/etc/passwd', undefined],
  ['/debian/../etc/passwd', undefined],
  ['/debian/%2e%2e/etc/passwd', undefined],
  ['/debian/pool/..%2f..%2fkey/private.pem', undefined],
  ['/debian/pool/%252e%252e/x', undefined],
  ['/debian/pool/x%00', undefined],
  ['/debian/%', undefined],
  ['/debian/.git/config', undefined],
  ['http://other.example.org/debian/x', undefined],
  ['', undefined],
])('a request for %j is one for %j', (target, path) => {
  expect(readRequestPath(target)).toBe(path);
});

test.each([
  [undefined, undefined],
  ['bytes=0-0', { first: 0, last: 0 }],
  ['bytes=4-', { first: 4, last: 9 }],
  ['bytes=4-99', { first: 4, last: 9 }],
  ['bytes=-3', { first: 7, last: 9 }],
  ['bytes=-99', { first: 0, last: 9 }],
  ['bytes=10-', 'none'],
  ['bytes=-0', 'none'],
  ['bytes=5-4', undefined],
  ['bytes=-', undefined],
  ['bytes=0-1,3-4', undefined],
  ['lines=0-1', undefined],
])('range %j of ten bytes is %j', (header, range) => {
  expect(readRange(header, 10)).toEqual(range);
});

const RELEASE = `Origin: Debian
Codename: trixie
Components: main contrib non-free-firmware
MD5Sum:
 00000000000000000000000000000000 1 main/binary-amd64/Packages.gz
SHA256:
 ${hash('1')}        10 main/binary-amd64/Packages.gz
 ${hash('2')} 11 main/binary-amd64/Packages.xz
 ${hash('9')} 18 main/binary-amd64/Release
 ${hash('3')} 12 main/i18n/Translation-en.xz
 ${hash('4')} 13 main/debian-installer/binary-amd64/Packages.gz
 ${hash('5')} 14 contrib/debian-installer/binary-amd64/Packages.gz
 ${hash('6')} 15 contrib/binary-amd64/Packages.gz
 ${hash('7')} 16 non-free-firmware/binary-amd64/Packages.gz
 ${hash('8')} 17 main/binary-i386/Packages.gz
`;

test('of a Release those indices are wanted that an installation asks for', () => {
  const release = parseSuiteRelease(RELEASE);
  expect(release).toMatchObject({ codename: 'trixie', validUntil: undefined });
  expect(
    listWantedIndices(release).map(({ path, sha256, size, holds }) => [path, sha256[0], size, holds]),
  ).toEqual([
    ['main/binary-amd64/Release', '9', 18, 'nothing'],
    ['main/binary-amd64/Packages.xz', '2', 11, 'nothing'],
    ['main/binary-amd64/Packages.gz', '1', 10, 'packages'],
    ['non-free-firmware/binary-amd64/Packages.gz', '7', 16, 'packages'],
    ['main/i18n/Translation-en.xz', '3', 12, 'nothing'],
    ['main/debian-installer/binary-amd64/Packages.gz', '4', 13, 'udebs'],
    ['contrib/debian-installer/binary-amd64/Packages.gz', '5', 14, 'udebs'],
  ]);
  expect(parseSuiteRelease(`${RELEASE}Valid-Until: Sat, 01 Jan 2028 00:00:00 UTC\n`).validUntil).toBe(
    '2028-01-01T00:00:00.000Z',
  );
});

test('the text of a clear-signed file is read', () => {
  const text =
    '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\na: b\n- -c\n-----BEGIN PGP SIGNATURE-----\nx\n';
  expect(readClearSigned(text)).toBe('a: b\n-c');
  expect(readClearSigned('a: b\n')).toBeUndefined();
});

test('debootstrap’s packages: by priority, and by the first of alternatives', () => {
  const stanza = (name: string, more: string, path = `pool/${name}.deb`) =>
    `Package: ${name}\nVersion: 1\n${more}\nFilename: ${path}\nSize: 1\nSHA256: ${hash('a')}\n`;
  const index = parseArchivePackages(
    [
      stanza('base', 'Essential: yes\nPriority: required\nPre-Depends: awk:any (>= 1)'),
      stanza('editor', 'Priority: important\nDepends: first (>= 2) | second, base'),
      stanza('first', 'Priority: optional\nDepends: deep'),
      stanza('second', 'Priority: optional'),
      stanza('awk', 'Priority: optional'),
      stanza('deep', 'Priority: optional'),
      stanza('apt', 'Priority: optional'),
      stanza('other', 'Priority: standard'),
      stanza('evil', 'Priority: required', '../../etc/passwd'),
    ].join('\n'),
  );
  const names = listDebootstrapPackages(index).map(({ name }) => name);
  expect(names.sort()).toEqual(['apt', 'awk', 'base', 'deep', 'editor', 'first']);
});
