import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandContext } from '../../../src/commands/context.ts';
import { runImagePrune } from '../../../src/commands/image-prune.ts';
import { storeLayout } from '../../../src/image/layout.ts';
import { pruneImageStore } from '../../../src/run/image-prune.ts';
import { type ImageStore, openImageStore, type StoredImage } from '../../../src/run/image-store.ts';
import { createJournal } from '../../../src/run/journal-file.ts';
import { acquireLock } from '../../../src/run/lock.ts';
import { createRunner } from '../../../src/run/runner-spawn.ts';
import { putChunks } from '../../support/stored-image.ts';
import { makeManifest } from '../image/samples.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const DAY = 24 * 3600 * 1000;
let directory = '';
let store: ImageStore;
let added = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-prune-'));
  store = openImageStore(directory, createRunner({ environment: process.env }));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** An image whose chunks are blocks of these numbers. */
async function put(name: string, ...fills: number[]): Promise<StoredImage> {
  const pieces = fills.map((fill) => Buffer.alloc(4096, fill));
  await putChunks(store, pieces);
  added += 1000;
  return store.putManifest(makeManifest(pieces, name), new Date(Date.UTC(2026, 0, 1) + added).toISOString());
}

const countFiles = (folder: string) =>
  readdirSync(join(directory, folder), { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  ).length;
const prune = (older: boolean, now = Date.now()) => pruneImageStore(directory, older, now);
const names = () => store.list().map(({ name, hash }) => `${name}@${hash.slice(0, 12)}`);

describe('pruning a store of images', () => {
  test('removes nothing that a listed image needs, and nothing the second time', async () => {
    await put('base', 1, 2);
    await put('base', 1, 3);
    await put('web', 4);
    expect(await prune(false)).toEqual({ unlisted: [], manifests: 0, chunks: 0, bytes: 0 });
    for (const image of store.list()) expect(await store.verify(store.readManifest(image))).toEqual([]);
  });

  test('removes what generations have left that the index has let go', async () => {
    for (const own of [2, 3, 4]) await put('base', 1, own);
    expect(countFiles('chunks')).toBe(4);
    expect(await prune(false)).toMatchObject({ unlisted: [], manifests: 1, chunks: 1 });
    expect(countFiles('chunks')).toBe(3);
    expect(countFiles('manifests')).toBe(2);
    for (const image of store.list()) expect(await store.verify(store.readManifest(image))).toEqual([]);
  });

  test('lets the older image of each name go when that is asked for', async () => {
    const old = await put('base', 1, 2);
    const newest = await put('base', 1, 3);
    const web = await put('web', 2);
    const result = await prune(true);
    expect(result).toMatchObject({ unlisted: [`base@${old.hash.slice(0, 12)}`], manifests: 1, chunks: 0 });
    expect(names()).toEqual([newest, web].map(({ name, hash }) => `${name}@${hash.slice(0, 12)}`));
    await put('web', 5);
    expect(await prune(true)).toMatchObject({ manifests: 1, chunks: 1 });
    for (const image of store.list()) expect(await store.verify(store.readManifest(image))).toEqual([]);
    expect(countFiles('chunks')).toBe(3);
    expect(countFiles('unpacked')).toBe(3);
    expect(await prune(true)).toEqual({ unlisted: [], manifests: 0, chunks: 0, bytes: 0 });
  });

  test('leaves for a day what a bake may be about to name', async () => {
    await put('base', 1);
    await putChunks(store, [Buffer.alloc(4096, 9)]);
    expect((await prune(true)).chunks).toBe(0);
    expect((await prune(true, Date.now() + DAY + 1000)).chunks).toBe(1);
    expect(await store.verify(store.readManifest(store.find('base')))).toEqual([]);
  });

  test('takes what was set aside with it', async () => {
    const image = await put('base', 1, 2);
    const id = store.readManifest(image).chunks[0]?.id ?? '';
    copyFileSync(store.chunkPath(id), `${store.chunkPath(id)}.corrupt`);
    expect((await prune(false)).chunks).toBe(1);
    expect(store.hasChunk(id)).toBe(true);
  });

  test('removes nothing while a listed manifest is lost or corrupt', async () => {
    const old = await put('base', 1, 2);
    const newest = await put('base', 3);
    const path = join(directory, storeLayout.manifest('base', newest.hash));
    truncateSync(path, 100);
    const before = countFiles('.');
    await expect(prune(true)).rejects.toMatchObject({ code: 'RL1501' });
    rmSync(path);
    await expect(prune(true)).rejects.toThrow();
    expect(countFiles('.')).toBe(before - 1);
    expect(names()).toContain(`base@${old.hash.slice(0, 12)}`);
  });

  test('touches neither a store that others pull from, nor a directory that has no index', async () => {
    await put('base', 1);
    const [first = ''] = readdirSync(join(directory, 'chunks'));
    rmSync(join(directory, storeLayout.index));
    const old = new Date(Date.now() - 2 * DAY);
    for (const file of readdirSync(join(directory, 'chunks', first)))
      utimesSync(join(directory, 'chunks', first, file), old, old);
    expect(await prune(true)).toMatchObject({ manifests: 0, chunks: 0 });
    writeFileSync(join(directory, 'index.signed.json'), '{}');
    await expect(prune(true)).rejects.toMatchObject({ code: 'RL1544', status: 3 });
    expect(existsSync(join(directory, 'chunks', first))).toBe(true);
  });

  test('a bake whose chunk was removed meanwhile says so instead of listing a broken image', async () => {
    await put('base', 1);
    const pieces = [Buffer.alloc(4096, 7)];
    await putChunks(store, pieces);
    await prune(false, Date.now() + DAY + 1000);
    await expect(
      store.putManifest(makeManifest(pieces, 'late'), '2026-01-01T00:00:00.000Z'),
    ).rejects.toMatchObject({ code: 'RL1505' });
    expect(store.list()).toHaveLength(1);
  });
});

test('the command waits for whoever works on this machine: a bake may be about to name a chunk', async () => {
  await put('base', 1);
  const printed: string[] = [];
  const context = {
    ...{
      environment: { ...process.env, RELIGHT_STATE: join(directory, 'state') },
      workingDirectory: directory,
    },
    ...{ print: (text: string) => printed.push(text), say: () => undefined, color: false, terminal: false },
    ...{ verbose: false, signal: new AbortController().signal },
  } as unknown as CommandContext;
  const holder = { pid: process.pid, command: 'relight image bake web', since: NOW };
  const lock = await acquireLock(join(directory, 'state/guests/web/lock'), holder, process.env);
  await expect(runImagePrune(context, { store: directory })).rejects.toMatchObject({
    ...{ code: 'RL0620', status: 10, message: expect.stringContaining('relight image bake web') },
  });
  lock.release();
  // A restore that was cut off: resume would go on reading.
  const operation = join(directory, 'state/guests/web1/operations/7f3a21');
  mkdirSync(operation, { recursive: true });
  const journal = createJournal(`${operation}/journal.jsonl`, () => NOW);
  const begun = { operation: '7f3a21', guest: 'web1', route: 'image:base', planHash: 'x', relight: '0.1.0' };
  journal.append({ type: 'operation-started', ...begun, replaces: null });
  await expect(runImagePrune(context, { store: directory })).rejects.toMatchObject({
    ...{ status: 10, hint: 'relight resume web1   or   relight rollback web1' },
  });
  journal.append({ type: 'finished' });
  journal.close();
  expect(await runImagePrune(context, { store: directory })).toBe(0);
  expect(printed.join('')).toBe('0 images and 0 chunks removed, 0 bytes\n');
});
