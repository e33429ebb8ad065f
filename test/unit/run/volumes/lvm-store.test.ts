import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VolumeTags } from '../../../../src/plan/types.ts';
import { createRunner } from '../../../../src/run/runner-spawn.ts';
import { openVolumeStore } from '../../../../src/run/volumes/store.ts';
import { formatTags } from '../../../../src/run/volumes/tags.ts';
import { type FakeDom0, installFakeDom0 } from '../../../fake-dom0/install.ts';

const MIB = 1024 ** 2;
const TAGS: VolumeTags = { domu: 'web1', operation: '7f3a', role: 'root', state: 'building' };
const NAME = 'web1-root.7f3a';
let fake: FakeDom0;
beforeEach(() => {
  fake = installFakeDom0(mkdtempSync(join(tmpdir(), 'lvm-store-')), { thinPool: 'pool' });
});
afterEach(() => rmSync(fake.directory, { recursive: true }));

const runner = () =>
  createRunner({ environment: { ...process.env, PATH: `${fake.bin}:${process.env.PATH}` } });
const open = (volumeGroup = 'vg0') => openVolumeStore({ kind: 'lvm', volumeGroup }, runner());
const openThin = (pool = 'pool') => openVolumeStore({ kind: 'thin', volumeGroup: 'vg0', pool }, runner());
const tagWords = (tags: VolumeTags) => formatTags(tags).flatMap((tag) => ['--addtag', tag]);
const calls = (program: string) => fake.calls().filter(([name]) => name === program);
const run = (...argv: string[]) => runner().run({ argv, deadlineSeconds: 20 });

describe('a logical volume', () => {
  it('is made with all its tags by one command, and found again', async () => {
    const store = open();
    await store.create(NAME, 9 * MIB, TAGS);
    expect(calls('lvcreate')).toHaveLength(1);
    expect(calls('lvchange')).toHaveLength(0);
    expect(await store.find(NAME)).toEqual({
      ...{ name: NAME, path: `${fake.devices}/vg0/${NAME}`, size: 12 * MIB, tags: TAGS },
      ...{ uuid: '000000-0000-0000-0000-0000-0000-000001', open: false },
    });
  });

  it('counts as created when it is ours, and is refused otherwise', async () => {
    const store = open();
    await store.create(NAME, 9 * MIB, TAGS);
    await store.create(NAME, 9 * MIB, TAGS);
    expect(calls('lvcreate')).toHaveLength(1);
    for (const other of [
      { ...TAGS, domu: 'web2' },
      { ...TAGS, operation: '9999' },
      { ...TAGS, role: 'swap' as const },
    ]) {
      await expect(store.create(NAME, 9 * MIB, other)).rejects.toMatchObject({ code: 'RL0711' });
    }
    await expect(store.create(NAME, 16 * MIB, TAGS)).rejects.toMatchObject({ code: 'RL0711' });
    await run('lvcreate', '--name', 'foreign', '--size', '4194304b', 'vg0');
    await expect(store.create('foreign', 4 * MIB, TAGS)).rejects.toMatchObject({ code: 'RL0711' });
  });

  it('is blank when it is to be kept, whatever lay in its extents before', async () => {
    const store = open();
    const kept = { ...TAGS, role: 'data', state: 'kept' } as const;
    const readStart = (name: string) => readFileSync(`${fake.devices}/vg0/${name}`).subarray(0, 4 * MIB);
    await store.create('web1-srv', 9 * MIB, kept);
    expect(readStart('web1-srv').every((byte) => byte === 0)).toBe(true);
    // Killed before it was blank: made again by the same operation.
    await run(
      'lvcreate',
      ...tagWords(kept),
      '--addtag',
      'relight.unwiped=yes',
      '--name',
      'web1-log',
      '--size',
      `${8 * MIB}b`,
      'vg0',
    );
    expect(readStart('web1-log').every((byte) => byte === 0)).toBe(false);
    await store.create('web1-log', 8 * MIB, kept);
    expect(readStart('web1-log').every((byte) => byte === 0)).toBe(true);
    for (const name of ['web1-srv', 'web1-log'])
      expect(fake.state().volumes[`vg0/${name}`]?.tags).not.toContain('relight.unwiped=yes');
  });

  it('is never made blank again, though the same operation creates it once more', async () => {
    const store = open();
    const kept = { ...TAGS, role: 'data', state: 'kept' } as const;
    const device = `${fake.devices}/vg0/web1-srv`;
    await store.create('web1-srv', 9 * MIB, kept);
    // Somebody restores a backup onto it while the rebuild is interrupted.
    writeFileSync(device, 'data', { flag: 'r+' });
    await store.create('web1-srv', 9 * MIB, kept);
    expect(readFileSync(device, 'utf8').slice(0, 4)).toBe('data');
  });

  it('is not made blank again while a guest has it open', async () => {
    const store = open();
    const kept = { ...TAGS, role: 'data', state: 'kept' } as const;
    const device = `${fake.devices}/vg0/web1-srv`;
    await store.create('web1-srv', 9 * MIB, kept);
    writeFileSync(device, 'data', { flag: 'r+' });
    const config = `${fake.directory}/web1.cfg`;
    writeFileSync(config, `name = "web1"\nkernel = "/k"\ndisk = ["vdev=xvda,target=${device}"]\n`);
    await run('xl', 'create', config);
    await store.create('web1-srv', 9 * MIB, kept);
    expect(readFileSync(device, 'utf8').slice(0, 4)).toBe('data');
  });

  it('is not touched by a later operation when it is kept', async () => {
    const store = open();
    const kept = { ...TAGS, role: 'data', state: 'kept' } as const;
    await store.create('web1-srv', 9 * MIB, kept);
    writeFileSync(`${fake.devices}/vg0/web1-srv`, 'data', { flag: 'r+' });
    await store.create('web1-srv', 9 * MIB, { ...kept, operation: '9999' }).catch(() => undefined);
    expect(readFileSync(`${fake.devices}/vg0/web1-srv`, 'utf8').slice(0, 4)).toBe('data');
  });

  it('changes its state in one command, and only for its operation', async () => {
    const store = open();
    await store.create(NAME, 4 * MIB, TAGS);
    await expect(store.tag(NAME, '9999', 'live')).rejects.toMatchObject({ code: 'RL0712' });
    await store.tag(NAME, '7f3a', 'live');
    await store.tag(NAME, '7f3a', 'live');
    expect(calls('lvchange')).toHaveLength(1);
    expect((await store.find(NAME))?.tags).toEqual({ ...TAGS, state: 'live' });
  });

  it('is removed by UUID and tag; absent is fine', async () => {
    const store = open();
    await store.create(NAME, 4 * MIB, TAGS);
    await expect(store.remove(NAME, '9999')).rejects.toMatchObject({ code: 'RL0712' });
    await store.remove(NAME, '7f3a');
    await store.remove(NAME, '7f3a');
    expect(calls('lvremove')).toHaveLength(1);
    expect(calls('lvremove')[0]?.join(' ')).toContain('lv_uuid=');
    expect(fake.state().volumes[`vg0/${NAME}`]).toBeUndefined();
  });

  it.each([
    { ...TAGS, role: 'data', state: 'kept' },
    { ...TAGS, role: 'data', state: 'old' },
    { ...TAGS, role: 'root', state: 'kept' },
  ] as const)('is never removed when it is kept: $role $state', async (tags) => {
    const store = open();
    await store.create('web1-srv', 4 * MIB, tags);
    await expect(store.remove('web1-srv', '7f3a')).rejects.toMatchObject({ code: 'RL0712' });
    expect(calls('lvremove')).toEqual([]);
  });

  it('is not removed while a guest has it open, nor when it has no tags', async () => {
    const store = open();
    await store.create(NAME, 4 * MIB, TAGS);
    const config = `${fake.directory}/web1.cfg`;
    writeFileSync(
      config,
      `name = "web1"\nkernel = "/k"\ndisk = ["vdev=xvda,target=${fake.devices}/vg0/${NAME}"]\n`,
    );
    await run('xl', 'create', config);
    expect((await store.find(NAME))?.open).toBe(true);
    await expect(store.remove(NAME, '7f3a')).rejects.toMatchObject({
      code: 'RL0712',
      message: expect.stringContaining('in use'),
    });
    await run('lvcreate', '--name', 'foreign', '--size', '4194304b', 'vg0');
    await expect(store.remove('foreign', '7f3a')).rejects.toMatchObject({ code: 'RL0712' });
    expect(calls('lvremove')).toEqual([]);
  });

  it('with tags that contradict each other is not ours', async () => {
    const store = open();
    await store.create(NAME, 4 * MIB, TAGS);
    await run('lvchange', '--addtag', 'relight.op=9999', `vg0/${NAME}`);
    expect((await store.find(NAME))?.tags).toBeUndefined();
  });
});

describe('LVM that lies or fails', () => {
  it.each([
    ['lvcreate:1=lie', 'RL0714'],
    ['lvcreate:1=exit 5', 'RL0601'],
    ['lvs:2=garbage', 'RL0651'],
  ])('is noticed when it creates: %s', async (fault, code) => {
    fake.setFaults(fault);
    await expect(open().create(NAME, 4 * MIB, TAGS)).rejects.toMatchObject({ code });
  });

  it('is noticed when it removes or tags', async () => {
    const store = open();
    await store.create(NAME, 4 * MIB, TAGS);
    fake.setFaults('lvremove:1=lie', 'lvchange:1=lie');
    await expect(store.remove(NAME, '7f3a')).rejects.toMatchObject({ code: 'RL0714' });
    await expect(store.tag(NAME, '7f3a', 'old')).rejects.toMatchObject({ code: 'RL0714' });
  });

  it('says which group is missing and which are there', async () => {
    await expect(open('vg9').list()).rejects.toMatchObject({
      code: 'RL0713',
      status: 4,
      message: 'this machine has no volume group vg9; it has: vg0',
    });
    await expect(open('vg9').countFreeBytes()).rejects.toMatchObject({ code: 'RL0713' });
  });
});

describe('room', () => {
  it('is what the group has left', async () => {
    const store = open();
    const before = await store.countFreeBytes();
    await store.create(NAME, 4 * MIB, TAGS);
    expect(await store.countFreeBytes()).toBe(before - 4 * MIB);
  });

  it('of a thin pool is what its data leave, and volumes come out of it', async () => {
    const store = openThin();
    expect(await store.countFreeBytes()).toBe(50 * 1024 ** 3 * 0.875);
    await store.create(NAME, 4 * MIB, TAGS);
    expect(fake.state().volumes[`vg0/${NAME}`]?.pool).toBe('pool');
    await expect(openThin('nopool').countFreeBytes()).rejects.toMatchObject({ code: 'RL0713' });
    await expect(openThin(NAME).create('x', 4 * MIB, TAGS)).rejects.toMatchObject({ code: 'RL0713' });
  });
});
