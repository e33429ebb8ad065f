import { describe, expect, test } from 'vitest';
import { parsePrintUris } from '../../../src/tools/apt.ts';
import { readIndexedPackage, renderPackagesIndex } from '../../../src/vault/apt-repository.ts';
import {
  assessBootstrap,
  assessOffline,
  type ObjectState,
  type VaultContent,
} from '../../../src/vault/assess.ts';
import type { InstallerManifest } from '../../../src/vault/installer-manifest.ts';
import { listInstallerNeed } from '../../../src/vault/installer-need.ts';
import {
  parseVaultManifest,
  serialiseVaultManifest,
  type VaultManifest,
} from '../../../src/vault/manifest.ts';
import type { VaultNeed } from '../../../src/vault/need.ts';
import { makePreseedRequest } from '../../support/preseed-guests.ts';

const hash = (digit: string) => digit.repeat(64);
const need: VaultNeed = {
  ...{ guest: 'web1', route: 'bootstrap', suite: 'trixie', packages: ['init', 'nginx'] },
  ...{ sources: [], proxy: undefined, image: undefined, unkept: [], fitsBootstrap: true },
  ...{ archive: 'http://mirror.example.org/debian', medium: undefined, refused: undefined },
  unserved: undefined,
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
  absent: [],
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
  });

  test('names what the vault has no place for, and says whether a bootstrap would do', () => {
    const wish = { ...need, route: 'fai', unkept: ['what FAI fetches'] };
    expect(codes(wish, {})).toEqual([
      expect.stringMatching(/^RL1604 .*web1.* route fai.*: what FAI fetches$/),
    ]);
    expect(assessBootstrap(wish, good)).toEqual([]);
    expect(assessBootstrap(wish, { ...good, manifest: undefined })).toMatchObject([{ code: 'RL1601' }]);
    expect(assessBootstrap({ ...wish, fitsBootstrap: false }, good)).toBeUndefined();
    expect(assessBootstrap(need, good)).toBeUndefined();
  });
});

describe('a guest that the Debian installer makes', () => {
  const wish = { route: 'installer', medium: { kind: 'netboot', directory: undefined } } as const;
  const installer: InstallerManifest = {
    ...{ suite: 'trixie', wanted: ['init', 'nginx'], archive: need.archive },
    filled: '2026-01-01T00:00:00.000Z',
    medium: { kind: 'netboot', kernel: hash('1'), initrd: hash('2'), kernelVersion: '6.12' },
    files: [{ path: 'pool/main/i/init_1_amd64.deb', sha256: hash('3'), size: 1 }],
  };
  const states = (state: ObjectState) => new Map(['1', '2', '3'].map((digit) => [hash(digit), state]));
  const stored = { manifest: { ...manifest, installer }, objects: states('good') };

  test('lacks nothing when kernel, initrd and the files of the archive are there; the own index does not count', () => {
    expect(codes(wish, { ...stored, index: 'missing' })).toEqual([]);
  });

  test('lacks what was never stored, or was stored for another route or spec', () => {
    expect(codes(wish, { manifest: undefined })).toEqual([expect.stringMatching(/^RL1601/)]);
    expect(codes(wish, {})).toEqual([expect.stringMatching(/^RL1616 .*installer.*web1/)]);
    expect(codes({ ...wish, medium: { kind: 'iso', image: '/a.iso' } }, stored)).toEqual([
      expect.stringMatching(/^RL1616/),
    ]);
    expect(codes({ ...wish, packages: ['redis'] }, stored)).toEqual([
      expect.stringMatching(/^RL1603 .*redis$/),
    ]);
    expect(codes({ ...wish, suite: 'bookworm' }, stored)).toEqual([
      expect.stringMatching(/^RL1603 .*bookworm$/),
    ]);
  });

  test('names what is damaged or has lost its name', () => {
    expect(codes(wish, { ...stored, objects: states('corrupt') })).toEqual([
      expect.stringMatching(/^RL1605 corrupt .*kernel.*initrd.*pool\/main\/i\/init_1_amd64\.deb$/),
    ]);
    expect(codes(wish, { ...stored, absent: ['/vault/media/0/a.iso'] })).toEqual([
      expect.stringMatching(/^RL1605 missing .*a\.iso$/),
    ]);
  });

  test('and this machine must be able to serve it', () => {
    const unserved = { problem: 'there is no address', fix: 'give it one' };
    expect(codes({ ...wish, unserved }, stored)).toEqual([expect.stringMatching(/^RL1612 .*no address$/)]);
  });

  test('a rebuild that is refused anyway is not called possible', () => {
    expect(codes({ ...wish, refused: 'it boots by UEFI' }, stored)).toEqual([
      expect.stringMatching(/^RL1611 .*UEFI$/),
    ]);
  });

  test.each([
    ['bootstrap', {}, {}, undefined, []],
    ['installer', {}, {}, { kind: 'netboot', directory: undefined }, []],
    ['installer', {}, { netboot: { trixie: '/di' } }, { kind: 'netboot', directory: '/di' }, []],
    ['installer', { suite: 'sid' }, {}, undefined, [/installer of sid/]],
    ['iso', {}, { isos: { bookworm: '/srv/12.iso' } }, undefined, [/image of trixie/]],
    ['iso', {}, { isos: { trixie: '/srv/13.iso' } }, { kind: 'iso', image: '/srv/13.iso' }, []],
    ['fai', {}, {}, undefined, [/FAI/]],
  ] as const)('route %s with %j and %j starts from %j', (kind, change, host, medium, unkept) => {
    const { guest } = makePreseedRequest('minimal', 'trixie', { install: { kind }, ...change });
    expect(listInstallerNeed(guest, { netboot: {}, isos: {}, ...host })).toMatchObject({
      medium,
      unkept: unkept.map((each) => expect.stringMatching(each)),
    });
  });

  test.each([
    [{ install: { kind: 'installer' }, boot: 'uefi' }, 'it boots by UEFI'],
    [
      { install: { kind: 'iso' }, guest: 'pv', boot: 'grub' },
      'it is pv, boot: grub, and an image is booted by hvm, bios',
    ],
    [{ install: { kind: 'iso' }, guest: 'hvm', boot: 'bios' }, undefined],
    [{ install: { kind: 'bootstrap' }, boot: 'uefi' }, undefined],
  ] as const)('%j is refused: %s', (change, refused) => {
    const { guest } = makePreseedRequest('minimal', 'trixie', change);
    expect(listInstallerNeed(guest, { netboot: {}, isos: {} }).refused).toBe(refused);
  });

  test('its part of the manifest reads back, and no path leads out of the archive', () => {
    const text = serialiseVaultManifest(stored.manifest);
    expect(parseVaultManifest(text, 'here')).toEqual(stored.manifest);
    for (const path of ['../x', '/etc/passwd', 'pool/../../x', 'pool//x', 'a b', '.hidden', 'pool/.x', '']) {
      const bad = text.replace('pool/main/i/init_1_amd64.deb', path);
      expect(() => parseVaultManifest(bad, 'here')).toThrow('no manifest');
    }
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
