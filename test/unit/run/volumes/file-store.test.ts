import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VolumeTags } from '../../../../src/plan/types.ts';
import { createRecordingRunner } from '../../../../src/run/runner-recording.ts';
import type { VolumeStore } from '../../../../src/run/volume-store.ts';
import { openVolumeStore } from '../../../../src/run/volumes/store.ts';

const MIB = 1024 ** 2;
const TAGS: VolumeTags = { domu: 'web1', operation: '7f3a', role: 'root', state: 'building' };
const NAME = 'web1-root.7f3a';
let parent = '';
let directory = '';
let store: VolumeStore;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'file-store-'));
  directory = `${parent}/volumes`;
  store = openVolumeStore({ kind: 'files', directory }, createRecordingRunner());
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('a volume in a file', () => {
  it('is sparse, private, and bears its tags', async () => {
    await store.create(NAME, 64 * MIB, TAGS);
    const stats = statSync(`${directory}/${NAME}.img`);
    expect([stats.size, stats.blocks, stats.mode & 0o777]).toEqual([64 * MIB, 0, 0o600]);
    expect(JSON.parse(readFileSync(`${directory}/${NAME}.json`, 'utf8'))).toEqual({
      ...{ version: 1, domu: 'web1', op: '7f3a', role: 'root', state: 'building' },
    });
    expect(await store.list()).toEqual([
      {
        ...{ name: NAME, path: `${directory}/${NAME}.img`, size: 64 * MIB, tags: TAGS },
        ...{ uuid: undefined, open: false },
      },
    ]);
  });

  it('counts as created when it is there and the same, and keeps its content', async () => {
    await store.create(NAME, MIB, TAGS);
    writeFileSync(`${directory}/${NAME}.img`, 'x'.repeat(MIB));
    await store.create(NAME, MIB, TAGS);
    expect(readFileSync(`${directory}/${NAME}.img`, 'utf8')[0]).toBe('x');
  });

  it.each([
    ['guest', { ...TAGS, domu: 'web2' }, MIB],
    ['operation', { ...TAGS, operation: '9999' }, MIB],
    ['role', { ...TAGS, role: 'swap' as const }, MIB],
    ['bytes', TAGS, 2 * MIB],
  ])('is refused when the %s differs', async (word, tags, size) => {
    await store.create(NAME, MIB, TAGS);
    await expect(store.create(NAME, size, tags)).rejects.toMatchObject({
      code: 'RL0711',
      message: expect.stringContaining(word),
    });
    expect((await store.find(NAME))?.tags).toEqual(TAGS);
  });

  it('is refused when relight did not make what is there', async () => {
    await store.create('other', MIB, TAGS);
    writeFileSync(`${directory}/${NAME}.img`, 'precious');
    await expect(store.create(NAME, MIB, TAGS)).rejects.toMatchObject({ code: 'RL0711' });
    await expect(store.remove(NAME, '7f3a')).rejects.toMatchObject({ code: 'RL0712' });
    expect(readFileSync(`${directory}/${NAME}.img`, 'utf8')).toBe('precious');
  });

  it('is no volume of ours when a link stands in its place', async () => {
    await store.create(NAME, MIB, TAGS);
    unlinkSync(`${directory}/${NAME}.img`);
    writeFileSync(`${parent}/precious`, 'precious');
    symlinkSync(`${parent}/precious`, `${directory}/${NAME}.img`);
    expect((await store.find(NAME))?.tags).toBeUndefined();
    await expect(store.create(NAME, MIB, TAGS)).rejects.toMatchObject({ code: 'RL0711' });
    await expect(store.remove(NAME, '7f3a')).rejects.toMatchObject({ code: 'RL0712' });
  });

  it('is absent while only its tags are there, and those are replaced', async () => {
    await store.create(NAME, MIB, TAGS);
    unlinkSync(`${directory}/${NAME}.img`);
    expect(await store.find(NAME)).toBeUndefined();
    expect(await store.list()).toEqual([]);
    await store.create(NAME, MIB, { ...TAGS, operation: '9999' });
    expect((await store.find(NAME))?.tags?.operation).toBe('9999');
  });

  it('is refused when something else stands where its tags belong', async () => {
    await store.create('other', MIB, TAGS);
    writeFileSync(`${directory}/${NAME}.json`, '{"mine": true}');
    await expect(store.create(NAME, MIB, TAGS)).rejects.toMatchObject({ code: 'RL0711' });
    expect(readFileSync(`${directory}/${NAME}.json`, 'utf8')).toBe('{"mine": true}');
  });

  it.each(['../x', 'a/b', '', '.hidden', '-x', 'a\n'])('has no such name: %j', async (name) => {
    await expect(store.create(name, MIB, TAGS)).rejects.toMatchObject({ code: 'RL0710' });
  });
});

describe('tags and removal', () => {
  it('belong to the operation alone', async () => {
    await store.create(NAME, MIB, TAGS);
    await expect(store.tag(NAME, '9999', 'live')).rejects.toMatchObject({ code: 'RL0712' });
    await expect(store.remove(NAME, '9999')).rejects.toMatchObject({ code: 'RL0712' });
    await store.tag(NAME, '7f3a', 'live');
    await store.tag(NAME, '7f3a', 'live');
    expect((await store.find(NAME))?.tags?.state).toBe('live');
    await store.remove(NAME, '7f3a');
    await store.remove(NAME, '7f3a');
    expect(existsSync(`${directory}/${NAME}.img`) || existsSync(`${directory}/${NAME}.json`)).toBe(false);
    await expect(store.tag(NAME, '7f3a', 'live')).rejects.toMatchObject({ code: 'RL0712' });
  });

  it.each([
    { ...TAGS, role: 'data', state: 'kept' },
    { ...TAGS, role: 'data', state: 'building' },
    { ...TAGS, role: 'root', state: 'kept' },
  ] as const)('never touch what is kept: $role $state', async (tags) => {
    await store.create('web1-srv', MIB, tags);
    await expect(store.remove('web1-srv', '7f3a')).rejects.toMatchObject({ code: 'RL0712' });
    await expect(store.tag('web1-srv', '7f3a', 'old')).rejects.toMatchObject({ code: 'RL0712' });
    expect((await store.find('web1-srv'))?.tags).toEqual(tags);
  });

  it('takes away tags that a kill has left, and no others', async () => {
    await store.create(NAME, MIB, TAGS);
    unlinkSync(`${directory}/${NAME}.img`);
    await store.remove(NAME, '9999');
    expect(existsSync(`${directory}/${NAME}.json`)).toBe(true);
    await store.remove(NAME, '7f3a');
    expect(existsSync(`${directory}/${NAME}.json`)).toBe(false);
  });
});

it('counts the bytes of the file system, also before the directory exists', async () => {
  expect(await store.countFreeBytes()).toBeGreaterThan(MIB);
  expect(existsSync(directory)).toBe(false);
});
