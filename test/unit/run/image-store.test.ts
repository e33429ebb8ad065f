import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeLayout } from '../../../src/image/layout.ts';
import type { ImageChunk } from '../../../src/image/manifest.ts';
import { readChunks } from '../../../src/run/image-chunks.ts';
import { type ImageStore, openImageStore } from '../../../src/run/image-store.ts';
import { acquireLock } from '../../../src/run/lock.ts';
import { createRunner } from '../../../src/run/runner-spawn.ts';
import { bundleProgram } from '../../support/bundle.ts';
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
  test('gives back what was put in, and leaves no drafts', async () => {
    const image = await store.putManifest(manifest, NOW);
    expect(store.find('base')).toEqual(image);
    expect(store.find(`base@${image.hash.slice(0, 8)}`)).toEqual(image);
    expect(store.readManifest(image)).toEqual(manifest);
    // They may come in another order.
    const read = new Map<string, Buffer>();
    await readChunks(runner, manifest.chunks, store.chunkPath, async (bytes, { id }) => {
      read.set(id, Buffer.from(bytes));
    });
    expect(manifest.chunks.map(({ id }) => read.get(id))).toEqual(pieces);
    expect(await store.verify(manifest)).toEqual([]);
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => /partial|tmp/.test(name))).toEqual([]);
  });

  test('names a chunk by what is in it, once', async () => {
    const [again] = await putChunks(store, pieces.slice(0, 1));
    expect(again).toBe(manifest.chunks[0]?.id);
    expect(readdirSync(join(directory, 'chunks'))).toHaveLength(3);
  });

  test('lists no image whose chunks are not all there', async () => {
    rmSync(pathOf(1));
    await expect(store.putManifest(manifest, NOW)).rejects.toThrow(/missing in the store: 1/);
    expect(store.list()).toEqual([]);
  });

  test('keeps unpacked copies of the newest images only, and of all while a manifest is corrupt', async () => {
    const has = (image: { readonly chunks: readonly ImageChunk[] }) =>
      image.chunks.map(({ id }) => existsSync(store.unpackedPath(id)));
    await store.putManifest(manifest, NOW);
    expect(has(manifest)).toEqual([true, true, true]);
    const put = async (name: string, fill: number) => {
      const own = [pieces[0] ?? Buffer.alloc(0), Buffer.alloc(4096, fill)];
      await putChunks(store, own);
      return store.putManifest({ ...makeManifest(own), name }, NOW);
    };
    const newer = await put('base', 4);
    expect(has(manifest)).toEqual([true, false, false]);
    truncateSync(join(directory, storeLayout.manifest('base', newer.hash)), 10);
    const other = await put('other', 5);
    expect(store.list()).toContainEqual(other);
    const files = readdirSync(join(directory, 'unpacked'), { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile())).toHaveLength(3);
  });

  test('refuses a manifest that was changed, and an unknown name', async () => {
    const image = await store.putManifest(manifest, NOW);
    const path = join(directory, storeLayout.manifest('base', image.hash));
    writeFileSync(path, readFileSync(path, 'utf8').replace('bookworm', 'trixie'));
    expect(() => store.readManifest(image)).toThrow(/hash/);
    expect(() => store.find('other')).toThrow(/no image other/);
  });
});

/** Puts images of many names into a store, each with the chunks of the manifest that it is given. */
const WRITER = `
import { openImageStore } from '@src/run/image-store.ts';
const [directory, prefix, text] = process.argv.slice(2);
const store = openImageStore(directory, undefined);
for (const letter of 'abcd') {
  await store.putManifest({ ...JSON.parse(text), name: prefix + letter }, '2026-01-01T00:00:00.000Z');
}
`;

describe('two that write the index of a store', () => {
  test('lose nothing of each other', async () => {
    const program = join(directory, 'writer.mjs');
    bundleProgram(WRITER, program);
    const write = (prefix: string) =>
      promisify(execFile)(process.execPath, [program, directory, prefix, JSON.stringify(manifest)]);
    await Promise.all([write('one'), write('two')]);
    const names = ['one', 'two'].flatMap((prefix) => [...'abcd'].map((letter) => prefix + letter));
    expect(store.list().map(({ name }) => name)).toEqual(names);
  });

  test('wait for each other', async () => {
    const holder = { pid: process.pid, command: 'relight image', since: NOW };
    const lock = await acquireLock(join(directory, 'index.lock'), holder, process.env);
    let isPut = false;
    const putting = store.putManifest(manifest, NOW).then(() => {
      isPut = true;
    });
    await new Promise((done) => setTimeout(done, 200));
    expect(isPut).toBe(false);
    expect(store.list()).toEqual([]);
    lock.release();
    await putting;
    expect(store.list()).toHaveLength(1);
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
