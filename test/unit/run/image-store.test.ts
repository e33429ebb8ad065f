import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeLayout } from '../../../src/image/layout.ts';
import { readChunks } from '../../../src/run/image-chunks.ts';
import { type ImageStore, openImageStore } from '../../../src/run/image-store.ts';
import { createRunner } from '../../../src/run/runner-spawn.ts';
import { putChunks } from '../../support/stored-image.ts';
import { makeManifest } from '../image/samples.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const pieces = [Buffer.alloc(8192, 1), Buffer.alloc(4096, 2), Buffer.alloc(4096, 3)];
const manifest = makeManifest(pieces);
const runner = createRunner({ environment: process.env });
let directory = '';
let store: ImageStore;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-store-'));
  store = openImageStore(directory, runner);
  await putChunks(store, pieces);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const pathOf = (index: number) => store.chunkPath(manifest.chunks[index]?.id ?? '');

describe('a store of images', () => {
  test('gives back what was put in, in order, and leaves no drafts', async () => {
    const image = store.putManifest(manifest, NOW);
    expect(store.find('base')).toEqual(image);
    expect(store.find(`base@${image.hash.slice(0, 8)}`)).toEqual(image);
    expect(store.readManifest(image)).toEqual(manifest);
    const read: Buffer[] = [];
    await readChunks(runner, manifest.chunks, store.chunkPath, async (bytes) => {
      read.push(Buffer.from(bytes));
    });
    expect(Buffer.concat(read).equals(Buffer.concat(pieces))).toBe(true);
    expect(await store.verify(manifest)).toEqual([]);
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => /partial|tmp/.test(name))).toEqual([]);
  });

  test('names a chunk by what is in it, once', async () => {
    const [again] = await putChunks(store, pieces.slice(0, 1));
    expect(again).toBe(manifest.chunks[0]?.id);
    expect(readdirSync(join(directory, 'chunks'))).toHaveLength(3);
  });

  test('lists no image whose chunks are not all there', () => {
    rmSync(pathOf(1));
    expect(() => store.putManifest(manifest, NOW)).toThrow(/missing in the store: 1/);
    expect(store.list()).toEqual([]);
  });

  test('refuses a manifest that was changed, and an unknown name', () => {
    const image = store.putManifest(manifest, NOW);
    const path = join(directory, storeLayout.manifest('base', image.hash));
    writeFileSync(path, readFileSync(path, 'utf8').replace('bookworm', 'trixie'));
    expect(() => store.readManifest(image)).toThrow(/hash/);
    expect(() => store.find('other')).toThrow(/no image other/);
  });
});

describe('a chunk that is not what its name says', () => {
  const damages: [string, () => unknown, RegExp][] = [
    ['one byte flipped', () => flip(pathOf(1)), /corrupt/],
    ['cut off', () => truncateSync(pathOf(1), 10), /corrupt/],
    ['missing', () => rmSync(pathOf(1)), /missing/],
    ['another chunk', () => writeFileSync(pathOf(1), readFileSync(pathOf(2))), /another hash/],
    ['longer', () => writeFileSync(pathOf(1), readFileSync(pathOf(0))), /hash/],
    ['empty', () => writeFileSync(pathOf(1), ''), /hash|shorter|cannot read/],
  ];
  test.each(damages)('is found by verify: %s', async (_what, damage, message) => {
    await damage();
    const problems = await store.verify(manifest);
    expect(problems.map((problem) => problem.id)).toContain(manifest.chunks[1]?.id);
    expect(problems[0]?.why).toMatch(message);
  });

  test('never reaches who reads it', async () => {
    flip(pathOf(2));
    let count = 0;
    const reading = readChunks(runner, manifest.chunks, store.chunkPath, async () => {
      count += 1;
    });
    await expect(reading).rejects.toMatchObject({ code: 'RL1504' });
    expect(count).toBe(2);
  });
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length - 6;
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}
