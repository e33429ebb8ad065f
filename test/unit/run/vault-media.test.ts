import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Runner } from '../../../src/run/runner.ts';
import { listAbsentNames, locateImage, nameImage, storeFile } from '../../../src/run/vault/media.ts';
import { pruneVault } from '../../../src/run/vault/prune.ts';
import { whileServing } from '../../../src/run/vault/serve.ts';
import { findServingPort } from '../../../src/run/vault/server.ts';
import { openVault } from '../../../src/run/vault/vault.ts';
import { serialiseVaultManifest } from '../../../src/vault/manifest.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const FILLED = '2026-01-01T00:00:00.000Z';
let directory = '';
const path = (name: string) => join(directory, name);
const open = () => openVault(path('vault'));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-media-'));
  mkdirSync(path('vault/guests'), { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

/** An image with its signed list, stored and named, and a guest's manifest that names them. */
function storeImage() {
  const { objects } = open();
  const store = (name: string) => {
    writeFileSync(path(name), `content of ${name}`);
    return { name, sha256: storeFile(objects, path(name), path('vault/draft')) };
  };
  const medium = {
    kind: 'iso' as const,
    image: store('debian.iso'),
    sums: [store('SHA512SUMS'), store('SHA512SUMS.sign')],
  };
  nameImage(path('vault'), medium, objects);
  const served = store('package');
  const manifest = serialiseVaultManifest({
    ...{ format: 1, guest: 'web1', suite: 'trixie', wanted: [], sources: [], filled: FILLED, packages: [] },
    ...{ repository: 'web1-0', index: hash('') },
    installer: {
      ...{ suite: 'trixie', wanted: [], archive: 'http://mirror.example.org/debian', filled: FILLED, medium },
      files: [{ path: 'pool/x.deb', sha256: served.sha256, size: 18 }],
    },
  });
  writeFileSync(path('vault/guests/web1.json'), manifest);
  return medium;
}

test('an image is stored by its hash and found under its name, beside its list; the original stays', () => {
  const medium = storeImage();
  const image = locateImage(path('vault'), medium);
  expect(readFileSync(image, 'utf8')).toBe('content of debian.iso');
  expect(readFileSync(join(dirname(image), 'SHA512SUMS.sign'), 'utf8')).toBe('content of SHA512SUMS.sign');
  expect(readFileSync(path('debian.iso'), 'utf8')).toBe('content of debian.iso');
  expect(medium.image.sha256).toBe(hash('content of debian.iso'));
});

test('what is written into the original later does not reach the store', () => {
  const medium = storeImage();
  writeFileSync(path('debian.iso'), 'content of a newer', { flag: 'r+' });
  expect(open().objects.check(medium.image.sha256)).toBe('good');
});

test('a name that is lost, or is of another file, is missed', () => {
  const medium = storeImage();
  const image = locateImage(path('vault'), medium);
  expect(open().examine('web1').absent).toEqual([]);
  unlinkSync(image);
  expect(listAbsentNames(path('vault'), medium, open().objects)).toEqual([image]);
  writeFileSync(image, 'another');
  expect(open().examine('web1').absent).toEqual([image]);
});

test('a file that a link names is stored, not the link; a corrupt object makes way', () => {
  const { objects } = open();
  writeFileSync(path('real'), 'kernel');
  symlinkSync(path('real'), path('link'));
  const sha256 = storeFile(objects, path('link'), path('vault/draft'));
  expect(statSync(objects.path(sha256)).isFile()).toBe(true);
  expect(sha256).toBe(hash('kernel'));
  rmSync(objects.path(sha256));
  writeFileSync(objects.path(sha256), 'damaged');
  expect(storeFile(objects, path('link'), path('vault/draft'))).toBe(sha256);
  expect(objects.check(sha256)).toBe('good');
});

test('prune keeps what an installer needs, and removes it with its guest', async () => {
  storeImage();
  const runner = {
    run: async ({ argv }: { argv: string[] }) => {
      rmSync(argv.at(-1) ?? '', { recursive: true, force: true });
      return { failed: false };
    },
  } as unknown as Runner;
  expect(await pruneVault(open(), runner, new Set(['web1']))).toEqual({ objects: 0, bytes: 0 });
  expect(open().examine('web1').absent).toEqual([]);
  expect(await pruneVault(open(), runner, new Set())).toMatchObject({ objects: 4 });
  expect(open().listGuests()).toEqual([]);
});

test('what is served is what the plan was made for, and only as long as it is needed', async () => {
  storeImage();
  const port = await findServingPort('127.0.0.1');
  const url = `http://127.0.0.1:${port}/debian`;
  const served = { url, address: '127.0.0.1', port, vault: path('vault'), filled: FILLED };
  const notes: string[] = [];
  const ask = async (name: string) => {
    const response = await fetch(`${url}/${name}`);
    return response.ok ? response.text() : response.status;
  };
  const told = (text: string) => notes.push(text);
  const got = await whileServing(served, 'web1', told, async () => [
    await ask('pool/x.deb'),
    await ask('dists/stable/Release'),
    await ask('pool/y.deb'),
    await ask('pool/y.deb'),
  ]);
  expect(got).toEqual(['content of package', 404, 404, 404]);
  expect(notes).toEqual(['the installer asked for pool/y.deb: it is not stored']);
  await expect(ask('pool/x.deb')).rejects.toThrow();
  await expect(
    whileServing(served, 'web1', told, () => Promise.reject(new Error('the installer failed'))),
  ).rejects.toThrow('the installer failed');
  await expect(ask('pool/x.deb')).rejects.toThrow();
  const stale = { ...served, filled: '2025-01-01T00:00:00.000Z' };
  await expect(whileServing(stale, 'web1', told, async () => 0)).rejects.toMatchObject({ code: 'RL1614' });
});
