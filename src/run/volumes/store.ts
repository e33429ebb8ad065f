import type { StorageSpec } from '../../spec/types.ts';
import type { Runner } from '../runner.ts';
import type { VolumeStore } from '../volume-store.ts';
import { createFileStore } from './file-store.ts';
import { createLvmStore } from './lvm-store.ts';

/** The store that a site's `host.storage` means. Nothing is looked at before the first call. */
export function openVolumeStore(storage: StorageSpec, runner: Runner): VolumeStore {
  if (storage.kind === 'files') return createFileStore(storage.directory);
  if (storage.kind === 'lvm') return createLvmStore(runner, { volumeGroup: storage.volumeGroup });
  return createLvmStore(runner, { volumeGroup: storage.volumeGroup, pool: storage.pool });
}
