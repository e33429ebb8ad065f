import type { HostPaths } from '../host/facts.ts';
import type { Action, ResourceReference, Step, VolumeTags } from '../plan/types.ts';
import type { DiskSpec, StorageSpec } from '../spec/types.ts';

/** A volume that a plan wants. `name` is `web1-root.7f3a` for rebuilt volumes and `web1-srv` for kept ones. */
export interface VolumeWish {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly tags: VolumeTags;
}

/** Where a volume of that name lies: a device of the volume group, or a file. */
export function volumePath(storage: StorageSpec, name: string, devicesDirectory: string): string {
  return storage.kind === 'files'
    ? `${storage.directory}/${name}.img`
    : `${devicesDirectory}/${storage.volumeGroup}/${name}`;
}

/** The volume of a disk in this operation. Kept disks have no operation in their name: there is only ever one. */
export function wishVolume(
  storage: StorageSpec,
  guest: string,
  disk: DiskSpec,
  operation: string,
  devicesDirectory: string,
): VolumeWish {
  const name = disk.keep ? `${guest}-${disk.name}` : `${guest}-${disk.name}.${operation}`;
  return {
    name,
    path: volumePath(storage, name, devicesDirectory),
    size: disk.sizeBytes,
    tags: { domu: guest, operation, role: disk.role, state: disk.keep ? 'kept' : 'building' },
  };
}

/** Creates a rebuilt volume; the undo removes it, but only while its tags name this operation. */
export function createRebuiltVolume(storage: StorageSpec, wish: VolumeWish): Action {
  const creates: ResourceReference = { kind: 'volume', name: wish.path, size: wish.size };
  const { operation } = wish.tags;
  return {
    id: `create-volume-${wish.name}`,
    phase: 'storage',
    title: `create volume ${wish.name}`,
    creates: [creates],
    destroys: [],
    probe: { kind: 'volume', storage, volume: wish.name, operation },
    steps: [{ do: 'create-volume', storage, volume: wish.name, size: wish.size, tags: wish.tags }],
    undo: [{ do: 'remove-volume', storage, volume: wish.name, operation }],
  };
}

/**
 * Creates a kept volume that is not there and formats it when it carries no signature at all. There is no undo: a kept
 * volume is never destroyed, not even an empty one. One that relight did not make is used as it is, never formatted.
 */
export function createKeptVolume(
  storage: StorageSpec,
  wish: VolumeWish,
  disk: DiskSpec,
  found: 'absent' | 'own' | 'foreign',
  filesystemUuid: string,
): Action {
  const create: Step = {
    do: 'create-volume',
    storage,
    volume: wish.name,
    size: wish.size,
    tags: wish.tags,
  };
  const format: Step = {
    do: 'format-if-blank',
    device: wish.path,
    filesystem: disk.filesystem === 'xfs' ? 'xfs' : 'ext4',
    uuid: filesystemUuid,
    label: disk.name.slice(0, 12),
  };
  return {
    id: `keep-volume-${wish.name}`,
    phase: 'storage',
    title: found === 'absent' ? `create kept volume ${wish.name}` : `find kept volume ${wish.name}`,
    creates: found !== 'absent' ? [] : [{ kind: 'volume', name: wish.path, size: wish.size }],
    destroys: [],
    probe: { kind: 'journal' },
    steps: { absent: [create, format], own: [format], foreign: [] }[found],
    undo: [],
  };
}

/** Marks this operation's volumes; `old` ones stay until `prune`. */
export function tagVolumes(
  storage: StorageSpec,
  names: readonly string[],
  operation: string,
  state: VolumeTags['state'],
): Step[] {
  return names.map((volume) => ({ do: 'tag-volume', storage, volume, operation, state }));
}

/** The default store where the site names none: files below the state directory. */
export function defaultStorage(paths: HostPaths): StorageSpec {
  return { kind: 'files', directory: `${paths.state}/volumes` };
}
