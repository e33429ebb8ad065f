import { describe, expect, test } from 'vitest';
import { createKeptVolume, createRebuiltVolume, wishVolume } from '../../../src/resources/volume.ts';
import type { DiskSpec, StorageSpec } from '../../../src/spec/types.ts';

const storage: StorageSpec = { kind: 'lvm', volumeGroup: 'vg0' };
const kept: DiskSpec = {
  name: 'srv',
  role: 'data',
  sizeBytes: 1024 ** 3,
  keep: true,
  layout: 'plain',
  mount: '/srv',
  filesystem: 'ext4',
};
const root: DiskSpec = { ...kept, name: 'root', role: 'root', keep: false, mount: '/' };
const plan = (found: 'absent' | 'own' | 'foreign') =>
  createKeptVolume(storage, wishVolume(storage, 'web1', kept, '7f3a00', '/dev'), kept, found, 'u');

describe('a kept volume', () => {
  test('is created and formatted only where it is absent', () => {
    expect(plan('absent').steps.map((step) => step.do)).toEqual(['create-volume', 'format-if-blank']);
    expect(plan('own').steps.map((step) => step.do)).toEqual(['format-if-blank']);
  });

  test('that relight did not make gets no step at all', () => {
    expect(plan('foreign').steps).toEqual([]);
    expect(plan('foreign').creates).toEqual([]);
  });

  test('has no undo and destroys nothing, whatever was found', () => {
    for (const found of ['absent', 'own', 'foreign'] as const) {
      expect(plan(found).undo).toEqual([]);
      expect(plan(found).destroys).toEqual([]);
    }
  });

  test('has no operation in its name, unlike a rebuilt one', () => {
    expect(wishVolume(storage, 'web1', kept, '7f3a00', '/dev').name).toBe('web1-srv');
    expect(wishVolume(storage, 'web1', root, '7f3a00', '/dev').path).toBe('/dev/vg0/web1-root.7f3a00');
  });
});

test('the undo of a rebuilt volume names the operation that it must bear', () => {
  const action = createRebuiltVolume(storage, wishVolume(storage, 'web1', root, '7f3a00', '/dev'));
  expect(action.undo).toEqual([
    { do: 'remove-volume', storage, volume: 'web1-root.7f3a00', operation: '7f3a00' },
  ]);
});
