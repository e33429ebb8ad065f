import { describe, expect, test } from 'vitest';
import { parsePrintUris } from '../../../src/tools/apt.ts';
import { readIndexedPackage, renderPackagesIndex } from '../../../src/vault/apt-repository.ts';
import { assessOffline, type VaultContent } from '../../../src/vault/assess.ts';
import {
  parseVaultManifest,
  serialiseVaultManifest,
  type VaultManifest,
} from '../../../src/vault/manifest.ts';
import type { VaultNeed } from '../../../src/vault/need.ts';

const hash = (digit: string) => digit.repeat(64);
const need: VaultNeed = {
  ...{ guest: 'web1', route: 'bootstrap', suite: 'trixie', packages: ['init', 'nginx'] },
  ...{ sources: [], proxy: undefined, image: undefined },
};
const manifest: VaultManifest = {
  ...{ format: 1, guest: 'web1', suite: 'trixie', wanted: ['init', 'nginx'], sources: [] },
  ...{ filled: '2026-01-01T00:00:00.000Z', repository: 'web1-0000000000000000', index: hash('0') },
  packages: [
    { name: 'init', version: '1.69', architecture: 'amd64', sha256: hash('a'), size: 10 },
    { name: 'nginx', version: '1.26', architecture: 'amd64', sha256: hash('b'), size: 10 },
  ],
};
const good: VaultContent = {
  manifest,
  objects: new Map([
    [hash('a'), 'good'],
    [hash('b'), 'good'],
  ]),
  index: 'good',
  image: undefined,
};
const codes = (wish: Partial<VaultNeed>, content: Partial<VaultContent>) =>
  assessOffline({ ...need, ...wish }, { ...good, ...content }).map(
    ({ code, message }) => `${code} ${message}`,
  );

describe('what is missing when the internet is down', () => {
  test('nothing, when all that is needed is there', () => {
    expect(codes({}, {})).toEqual([]);
  });

  test('names what was never stored', () => {
    expect(codes({}, { manifest: undefined })).toEqual([expect.stringMatching(/^RL1601 .*web1/)]);
    expect(codes({ packages: ['init', 'nginx', 'redis'] }, {})).toEqual([
      expect.stringMatching(/^RL1603 .*redis$/),
    ]);
    expect(codes({ suite: 'sid' }, {})).toEqual([expect.stringMatching(/^RL1603 .*sid/)]);
  });

  test('a package less than stored is fine', () => {
    expect(codes({ packages: ['init'] }, {})).toEqual([]);
  });

  test('names what is damaged, with its version', () => {
    const objects = new Map([[hash('a'), 'corrupt' as const]]);
    expect(codes({}, { objects, index: 'corrupt' })).toEqual([
      expect.stringMatching(/^RL1605 corrupt .*index/),
      expect.stringMatching(/^RL1605 missing .*nginx 1\.26/),
      expect.stringMatching(/^RL1605 corrupt .*init 1\.69/),
    ]);
  });

  test('an image counts, and nothing else, where the route is an image', () => {
    const image = { route: 'image', image: 'base' };
    expect(codes(image, { manifest: undefined, image: [] })).toEqual([]);
    expect(codes(image, { image: undefined })).toEqual([expect.stringMatching(/^RL1606 .*base/)]);
    expect(codes(image, { image: ['the chunk is corrupt'] })).toEqual([expect.stringContaining('corrupt')]);
    expect(codes({ route: 'installer' }, {})).toEqual([expect.stringMatching(/^RL1604/)]);
  });
});

describe('the manifest', () => {
  test('reads back', () => {
    expect(parseVaultManifest(serialiseVaultManifest(manifest), 'here')).toEqual(manifest);
  });
  test.each(['', '{}', '[]', serialiseVaultManifest(manifest).replace('"format": 1', '"format": 2')])(
    'refuses %j',
    (text) => {
      expect(() => parseVaultManifest(text, 'here')).toThrow('no manifest of the vault');
    },
  );
});

describe('indices', () => {
  const stanza = [
    'Package: nginx',
    'Version: 1:1.26~x+1',
    'Architecture: amd64',
    'Description: a server',
    ' Filename: of a description stays',
    'Filename: pool/main/n/nginx.deb',
    'Size: 10',
    'MD5sum: 0',
    `SHA256: ${hash('b')}`,
  ].join('\n');

  test('keep a stanza but for the place of the file', () => {
    const read = readIndexedPackage(stanza);
    expect(read).toMatchObject({ name: 'nginx', version: '1:1.26~x+1', size: 10, sha256: hash('b') });
    const index = renderPackagesIndex(read === undefined ? [] : [read]);
    expect(index).toContain(`\nFilename: objects/bb/${hash('b')}\n`);
    expect(index).toContain('\n Filename: of a description stays\n');
    expect(index).not.toMatch(/pool|MD5sum/);
    expect(readIndexedPackage(stanza.replace('Size: 10', 'Size: ten'))).toBeUndefined();
  });

  test('apt’s list of URIs is read, and a file that is no package is not passed over', () => {
    const output = [
      'Reading package lists...',
      "'http://m.example.org/p/libcap2-bin_2.66-4%2b1_amd64.deb' libcap2-bin_1%3a2.66-4+deb12u3_amd64.deb 35220 MD5Sum:96f8",
    ].join('\n');
    expect(parsePrintUris(output)).toMatchObject([
      { file: 'libcap2-bin_1%3a2.66-4+deb12u3_amd64.deb', name: 'libcap2-bin', version: '1:2.66-4+deb12u3' },
    ]);
    const odd = "'http://m.example.org/x' ../evil_1_amd64.deb 1 MD5Sum:0";
    expect(() => parsePrintUris(odd)).toThrow('no package');
  });
});
