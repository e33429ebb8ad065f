import type { VolumeTags } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { listDirectory } from '../directory.ts';
import {
  createSparseFile,
  makeDirectory,
  pathExists,
  readTextFile,
  removeFile,
  statPath,
  writeFileAtomically,
} from '../files.ts';
import { countFreeBelow } from '../probe-host.ts';
import type { StoredVolume, VolumeStore } from '../volume-store.ts';
import { requireOwn, requireRemovable, requireTaggable } from './refusals.ts';
import { makeTags } from './tags.ts';

const SUFFIX = '.img';

/**
 * Volumes as sparse files NAME.img, each with its tags in NAME.json beside it. The tags are written first: tags without
 * a file are no volume, and a file without tags is never ours.
 */
export function createFileStore(directory: string): VolumeStore {
  const find = (name: string) => findVolume(directory, name);
  return {
    list: async () =>
      listDirectory(directory)
        .filter((file) => file.endsWith(SUFFIX) && !file.startsWith('.'))
        .map((file) => find(file.slice(0, -SUFFIX.length)))
        .filter((volume) => volume !== undefined),
    find: async (name) => find(name),
    countFreeBytes: async () => countFreeBelow(directory),
    create: async (name, size, tags) => {
      const found = find(name);
      if (found !== undefined) return requireOwn(found, size, tags, size);
      const places = locate(directory, name);
      refuseForeignTags(places.tags);
      makeDirectory(directory, 0o700);
      writeTags(places.tags, tags);
      createSparseFile(places.volume, size, 0o600);
    },
    tag: async (name, operation, state) => {
      const tags = requireTaggable(find(name), name, operation, state);
      if (tags.state !== state) writeTags(locate(directory, name).tags, { ...tags, state });
    },
    remove: async (name, operation) => {
      const places = locate(directory, name);
      const found = find(name);
      if (found !== undefined) {
        requireRemovable(found, operation);
        removeFile(places.volume);
      }
      // What a kill between file and tags leaves behind.
      if (readTags(places.tags)?.operation === operation) removeFile(places.tags);
    },
  };
}

function findVolume(directory: string, name: string): StoredVolume | undefined {
  const places = locate(directory, name);
  const stats = statPath(places.volume);
  if (stats === undefined) return undefined;
  return {
    name,
    path: places.volume,
    size: stats.size,
    // A link, or a directory, of that name is not ours, whatever lies beside it.
    tags: stats.isFile() ? readTags(places.tags) : undefined,
    uuid: undefined,
    open: false,
  };
}

function writeTags(path: string, tags: VolumeTags): void {
  const { domu, operation: op, role, state } = tags;
  writeFileAtomically(path, `${JSON.stringify({ version: 1, domu, op, role, state })}\n`, 0o600);
}

function readTags(path: string): VolumeTags | undefined {
  if (statPath(path)?.isFile() !== true) return undefined;
  try {
    const raw = JSON.parse(readTextFile(path)) as Record<string, unknown> | null;
    if (raw === null || raw.version !== 1) return undefined;
    return makeTags({ domu: raw.domu, operation: raw.op, role: raw.role, state: raw.state });
  } catch {
    return undefined;
  }
}

function refuseForeignTags(path: string): void {
  if (!pathExists(path) || readTags(path) !== undefined) return;
  const message = `${path} is in the way: it does not hold the tags of a volume`;
  throw new Failure(EXIT.failed, 'RL0711', message, 'move it elsewhere');
}

function locate(directory: string, name: string): { volume: string; tags: string } {
  if (!/^[A-Za-z0-9_+][A-Za-z0-9_+.-]{0,126}$/.test(name)) {
    const shown = JSON.stringify(name.slice(0, 200));
    throw new Failure(EXIT.invalid, 'RL0710', `not a name for a volume: ${shown}`);
  }
  return { volume: `${directory}/${name}${SUFFIX}`, tags: `${directory}/${name}.json` };
}
