import { renameSync } from 'node:fs';
import { addEntry, EMPTY_INDEX, parseIndex, type StoreIndex, serialiseIndex } from '../image/index-file.ts';
import { parseImageName, storeLayout } from '../image/layout.ts';
import {
  type ChunkId,
  hashManifest,
  type ImageChunk,
  type ImageManifest,
  parseManifest,
  serialiseManifest,
} from '../image/manifest.ts';
import { makeIssue } from '../report/codes.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { listDirectory, syncFile } from './directory.ts';
import {
  makeDirectory,
  pathExists,
  readTextFile,
  removeFile,
  renameSynced,
  writeFileAtomically,
} from './files.ts';
import { checkChunks, type FoundProblem } from './image-chunks.ts';
import { withIndexLock } from './remote/lock.ts';
import type { Runner } from './runner.ts';

const LARGEST_MANIFEST = 64 * 1024 * 1024;

/** An image as a store lists it. */
export interface StoredImage {
  readonly name: string;
  /** SHA-256 of the manifest. */
  readonly hash: string;
  readonly added: string;
  /** Whether it is the newest of its name. */
  readonly current: boolean;
}

/** A directory of images: `src/image/layout.ts` says what lies where. */
export interface ImageStore {
  readonly directory: string;
  readonly hasChunk: (id: ChunkId) => boolean;
  /** Takes a compressed file in as a chunk by a rename; durable when it returns. Its content is not looked at: `verify` and every use do that. */
  readonly adoptChunk: (file: string, id: ChunkId) => void;
  /** The same for many files that are on the disk already; the renames are not, before the caller syncs the filesystem. */
  readonly adoptSynced: (files: ReadonlyMap<ChunkId, string>) => void;
  /** Paths of the compressed files of chunks. */
  readonly chunkPath: (id: ChunkId) => string;
  /** Where the unpacked copy of a chunk is, if there is one. Its content is whatever it is. */
  readonly unpackedPath: (id: ChunkId) => string;
  /** Whether the store keeps unpacked copies and has none of this chunk. */
  readonly wantsUnpacked: (id: ChunkId) => boolean;
  /** Takes files in as unpacked copies by renames. */
  readonly adoptUnpacked: (files: ReadonlyMap<ChunkId, string>) => void;
  readonly list: () => StoredImage[];
  /** Finds `base` or `base@HASH`. @throws Failure RL1503 */
  readonly find: (image: string) => StoredImage;
  /** The manifest, its hash checked. @throws Failure RL1501, RL1503 */
  readonly readManifest: (image: StoredImage) => ImageManifest;
  /**
   * Adds an image whose chunks are all there; it becomes the newest of its name. Another run that does the same is waited for.
   * Unpacked copies stay of the newest images only.
   * @throws Failure RL1505, EXIT.locked when the index is held for long
   */
  readonly putManifest: (manifest: ImageManifest, added: string) => Promise<StoredImage>;
  /** Moves a corrupt chunk out of the way, so that a bake or a pull brings it anew. Absent is fine. */
  readonly setAside: (id: ChunkId) => void;
  /** Reads every chunk of an image and tells what is wrong with it. */
  readonly verify: (manifest: ImageManifest) => Promise<FoundProblem[]>;
}

/**
 * Opens a store; a directory that is not there yet is an empty one.
 * @param compact no unpacked copies are added: half the disk, and a restore that has to decompress
 */
export function openImageStore(directory: string, runner: Runner, compact = false): ImageStore {
  const at = (path: string) => `${directory}/${path}`;
  const chunkPath = (id: ChunkId) => at(storeLayout.chunk(id));
  const hasChunk = (id: ChunkId) => pathExists(chunkPath(id));
  const unpackedPath = (id: ChunkId) => at(storeLayout.unpackedChunk(id));
  const adopt = (files: ReadonlyMap<ChunkId, string>, place: (id: ChunkId) => string) => {
    for (const [id, file] of files) {
      prepareFolder(place(id));
      renameSync(file, place(id));
    }
  };
  const readIndex = (): StoreIndex =>
    pathExists(at(storeLayout.index))
      ? parseIndex(readTextFile(at(storeLayout.index)), at(storeLayout.index))
      : EMPTY_INDEX;
  const list = () => listImages(readIndex());
  const readManifest = (image: StoredImage): ImageManifest => {
    const path = at(storeLayout.manifest(image.name, image.hash));
    const text = readTextFile(path, LARGEST_MANIFEST);
    if (hashManifest(text) === image.hash) return parseManifest(text, path);
    const issue = makeIssue('RL1501', { place: path, why: 'its hash is not the one in its name' });
    throw new Failure(EXIT.invalid, issue.code, issue.message, issue.hint);
  };
  const pruneUnpacked = () => {
    if (!pathExists(at(storeLayout.unpacked))) return;
    const kept: ChunkId[] = [];
    for (const image of list().filter(({ current }) => current)) {
      try {
        kept.push(...readManifest(image).chunks.map(({ id }) => id));
      } catch (error) {
        // Another image that is corrupt is no reason to refuse this one; what its copies are, nobody can say.
        if (error instanceof Failure) return;
        throw error;
      }
    }
    pruneFolders(at(storeLayout.unpacked), kept);
  };
  return {
    directory,
    hasChunk,
    chunkPath,
    list,
    adoptChunk: (file, id) => {
      prepareFolder(chunkPath(id));
      syncFile(file);
      renameSynced(file, chunkPath(id));
    },
    adoptSynced: (files) => adopt(files, chunkPath),
    unpackedPath,
    wantsUnpacked: (id) => !compact && !pathExists(unpackedPath(id)),
    adoptUnpacked: (files) => adopt(files, unpackedPath),
    find: (image) => findImage(list(), image, directory),
    readManifest,
    putManifest: async (manifest, added) => {
      const text = serialiseManifest(manifest);
      const hash = hashManifest(text);
      const path = at(storeLayout.manifest(manifest.name, hash));
      await withIndexLock(directory, async () => {
        // Under the lock: a prune may have removed a chunk that was there when the image was made.
        const missing = new Set(manifest.chunks.map((chunk) => chunk.id).filter((id) => !hasChunk(id)));
        if (missing.size > 0) {
          throw makeFailure(EXIT.failed, 'RL1505', { image: manifest.name, count: missing.size });
        }
        prepareFolder(path);
        writeFileAtomically(path, text, 0o644);
        const index = addEntry(readIndex(), { name: manifest.name, manifest: hash, added });
        writeFileAtomically(at(storeLayout.index), serialiseIndex(index), 0o644);
        pruneUnpacked();
      });
      return { name: manifest.name, hash, added, current: true };
    },
    setAside: (id) => {
      if (hasChunk(id)) renameSynced(chunkPath(id), `${chunkPath(id)}.corrupt`);
    },
    verify: (manifest) => checkChunks(runner, collectChunks(manifest), chunkPath),
  };
}

function listImages(index: StoreIndex): StoredImage[] {
  const seen = new Set<string>();
  return index.images.map(({ name, manifest, added }) => {
    const current = !seen.has(name);
    seen.add(name);
    return { name, hash: manifest, added, current };
  });
}

function findImage(images: readonly StoredImage[], text: string, store: string): StoredImage {
  const wanted = parseImageName(text);
  const found = images.find(
    (image) =>
      image.name === wanted?.name &&
      (wanted.hash === undefined ? image.current : image.hash.startsWith(wanted.hash)),
  );
  if (found !== undefined) return found;
  const issue = makeIssue('RL1503', { store, image: text });
  throw new Failure(EXIT.notReady, issue.code, issue.message, issue.hint);
}

/** Each chunk once, however often it occurs in the image. */
function collectChunks(manifest: ImageManifest): ImageChunk[] {
  return [...new Map(manifest.chunks.map((chunk) => [chunk.id, chunk])).values()];
}

/** Removes the files two levels below a directory that have none of these names. */
function pruneFolders(directory: string, names: readonly string[]): void {
  const kept = new Set(names);
  for (const folder of listDirectory(directory)) {
    for (const name of listDirectory(`${directory}/${folder}`)) {
      if (!kept.has(name)) removeFile(`${directory}/${folder}/${name}`);
    }
  }
}

function prepareFolder(path: string): void {
  makeDirectory(path.slice(0, path.lastIndexOf('/')), 0o755);
}
