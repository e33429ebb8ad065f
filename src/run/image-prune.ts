import { dropOlder, parseIndex, type StoreIndex, serialiseIndex } from '../image/index-file.ts';
import { parseManifestName, storeLayout } from '../image/layout.ts';
import { type ChunkId, hashManifest, parseManifest } from '../image/manifest.ts';
import { SIGNED_INDEX } from '../image/signed-index.ts';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { listDirectory } from './directory.ts';
import { pathExists, readTextFile, removeFile, statPath, writeFileAtomically } from './files.ts';
import { withIndexLock } from './remote/lock.ts';

const LARGEST_MANIFEST = 64 * 1024 * 1024;
/** A bake puts its chunks into the store first and its manifest last: what no manifest names may be about to be named. */
const GRACE_MS = 24 * 3600 * 1000;

export interface ImagePruneResult {
  /** `NAME@HASH` of the images that are no longer listed. */
  readonly unlisted: readonly string[];
  readonly manifests: number;
  readonly chunks: number;
  /** Bytes on the disk, of chunks and their unpacked copies. */
  readonly bytes: number;
}

/**
 * Removes from a store what none of its listed images needs; with `older` the images that are not the newest of their
 * name go first. Nothing is removed while a listed manifest cannot be read. What was set aside as corrupt goes, too.
 * @throws Failure RL1501, RL1502, RL1544, EXIT.locked when the index is held for long
 */
export async function pruneImageStore(
  directory: string,
  older: boolean,
  now: number,
): Promise<ImagePruneResult> {
  const at = (path: string) => `${directory}/${path}`;
  if (pathExists(at(SIGNED_INDEX))) throw makeFailure(EXIT.invalid, 'RL1544', { place: directory });
  return withIndexLock(directory, async () => {
    const path = at(storeLayout.index);
    if (!pathExists(path)) return { unlisted: [], manifests: 0, chunks: 0, bytes: 0 };
    const before = parseIndex(readTextFile(path), path);
    const after = older ? dropOlder(before) : before;
    const needed = listChunks(directory, after);
    // From here on the images that go are not found any more; a kill leaves files that the next prune removes.
    if (older) writeFileAtomically(path, serialiseIndex(after), 0o644);
    const { manifests, freed } = removeManifests(directory, after);
    const mayGo = (id: ChunkId, changed: number) =>
      !needed.has(id) && (freed.has(id) || now - changed > GRACE_MS);
    const removed = [storeLayout.chunks, storeLayout.unpacked].map((each) => removeChunks(at(each), mayGo));
    const names = new Set(after.images.map(({ manifest }) => manifest));
    return {
      unlisted: before.images.flatMap(({ name, manifest }) =>
        names.has(manifest) ? [] : [`${name}@${manifest.slice(0, 12)}`],
      ),
      manifests,
      chunks: removed[0]?.count ?? 0,
      bytes: removed.reduce((sum, each) => sum + each.bytes, 0),
    };
  });
}

function listChunks(directory: string, index: StoreIndex): Set<ChunkId> {
  return new Set(
    index.images.flatMap(({ name, manifest }) => {
      const path = `${directory}/${storeLayout.manifest(name, manifest)}`;
      const text = readTextFile(path, LARGEST_MANIFEST);
      if (hashManifest(text) === manifest) return parseManifest(text, path).chunks.map(({ id }) => id);
      throw makeFailure(EXIT.invalid, 'RL1501', { place: path, why: 'its hash is not the one in its name' });
    }),
  );
}

/** @returns what only the removed manifests may have named */
function removeManifests(directory: string, index: StoreIndex) {
  const listed = new Set(index.images.map(({ name, manifest }) => `${name}@${manifest}.json`));
  const freed = new Set<ChunkId>();
  let manifests = 0;
  const folder = `${directory}/${storeLayout.manifests}`;
  for (const file of listDirectory(folder)) {
    if (listed.has(file) || parseManifestName(file) === undefined) continue;
    const path = `${folder}/${file}`;
    try {
      for (const { id } of parseManifest(readTextFile(path, LARGEST_MANIFEST), path).chunks) freed.add(id);
    } catch {} // Corrupt: what it named goes when it is old.
    removeFile(path);
    manifests += 1;
  }
  return { manifests, freed };
}

function removeChunks(folder: string, mayGo: (id: ChunkId, changed: number) => boolean) {
  let [count, bytes] = [0, 0];
  for (const part of listDirectory(folder)) {
    for (const file of listDirectory(`${folder}/${part}`)) {
      const [, id, aside] = /^([0-9a-f]{64})(?:\.zst)?(\.corrupt)?$/.exec(file) ?? [];
      const found = statPath(`${folder}/${part}/${file}`);
      if (id === undefined || found === undefined) continue;
      if (aside === undefined && !mayGo(id, found.mtimeMs)) continue;
      removeFile(`${folder}/${part}/${file}`);
      count += 1;
      bytes += found.size;
    }
  }
  return { count, bytes };
}
