import { writeFile } from 'node:fs/promises';
import type { StoreEntry, StoreIndex } from '../../image/index-file.ts';
import { parseImageName, storeLayout } from '../../image/layout.ts';
import { hashManifest, type ImageChunk, type ImageManifest, parseManifest } from '../../image/manifest.ts';
import { openSignedIndex } from '../../image/signed-index.ts';
import { type CodeParameters, makeIssue } from '../../report/codes.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import type { ChunkReceiver } from '../chunk-cutter.ts';
import { listDirectory } from '../directory.ts';
import { makeDirectory, readTextFile, removeFile } from '../files.ts';
import { checkChunks } from '../image-chunks.ts';
import type { ImageStore } from '../image-store.ts';
import { runInParallel } from '../parallel.ts';
import { countFreeBelow } from '../probe-host.ts';
import type { Runner } from '../runner.ts';
import type { TransferResult } from './push.ts';
import type { ImageRemote } from './remote.ts';

const WIDTH = 4;
/** Chunks that are fetched before they are compared and taken in. */
const BATCH = 64;
const LARGEST_MANIFEST = 64 * 1024 * 1024;

export interface PullRequest {
  readonly store: ImageStore;
  readonly runner: Runner;
  readonly remote: ImageRemote;
  /** `base`, `base@HASH`, or undefined where there is one image only. */
  readonly image: string | undefined;
  /** Fingerprints of keys. */
  readonly trusted: readonly string[];
  readonly say: (text: string) => void;
  readonly now: () => Date;
}

/**
 * Fetches an image. Every chunk is decompressed and compared with its hash before it is taken in, and so are those that
 * were there already. What a run that was cut off has left is gone on from. The image is listed when all of it is there.
 */
export async function pullImage(request: PullRequest): Promise<TransferResult> {
  const { store, remote, say } = request;
  const text = await remote.readIndex();
  if (text === undefined) throw fail('RL1620', { place: remote.place });
  const entry = chooseEntry(openSignedIndex(text, remote.place, request.trusted), request);
  const drafts = `${store.directory}/pull`;
  makeDirectory(drafts, 0o700);
  const manifest = await fetchManifest(remote, entry, drafts);
  const chunks = [...new Map(manifest.chunks.map((chunk) => [chunk.id, chunk])).values()];
  const present = chunks.filter((chunk) => store.hasChunk(chunk.id));
  const unpack = makeUnpacker(store, drafts);
  for (const { id, why } of await checkChunks(request.runner, present, store.chunkPath, unpack)) {
    say(`a corrupt chunk of this store is fetched again: ${why}\n`);
    removeFile(store.chunkPath(id));
  }
  const missing = chunks.filter((chunk) => !store.hasChunk(chunk.id));
  requireRoom(store.directory, missing);
  for (let first = 0; first < missing.length; first += BATCH) {
    await fetchBatch(request, missing.slice(first, first + BATCH), drafts);
    say(`${entry.name}: ${Math.min(missing.length, first + BATCH)} of ${missing.length} chunks\n`);
  }
  await store.putManifest(manifest, request.now().toISOString());
  for (const name of listDirectory(drafts)) if (name !== 'lock') removeFile(`${drafts}/${name}`);
  return { name: entry.name, hash: entry.manifest, files: chunks.length + 1, moved: missing.length };
}

/** Keeps what was decompressed for the comparison: a restore is quicker by it. */
function makeUnpacker(store: ImageStore, drafts: string): ChunkReceiver {
  return async (bytes, { id }) => {
    if (!store.wantsUnpacked(id)) return;
    const draft = `${drafts}/${id}.unpacked`;
    await writeFile(draft, bytes);
    store.adoptUnpacked(new Map([[id, draft]]));
  };
}

function chooseEntry(index: StoreIndex, request: PullRequest): StoreEntry {
  const names = [...new Set(index.images.map((entry) => entry.name))];
  const wanted = parseImageName(request.image ?? (names.length === 1 ? (names[0] ?? '') : ''));
  const found = index.images.find(
    (entry) => entry.name === wanted?.name && entry.manifest.startsWith(wanted.hash ?? ''),
  );
  if (found !== undefined) return found;
  const image = request.image ?? '(none was named)';
  throw fail('RL1627', {
    place: request.remote.place,
    image,
    known: names.slice(0, 20).join(', ') || 'none',
  });
}

async function fetchManifest(remote: ImageRemote, entry: StoreEntry, drafts: string): Promise<ImageManifest> {
  const path = storeLayout.manifest(entry.name, entry.manifest);
  const file = `${drafts}/${entry.manifest}.json`;
  await remote.get(path, file, LARGEST_MANIFEST);
  const text = readTextFile(file, LARGEST_MANIFEST);
  if (hashManifest(text) === entry.manifest) return parseManifest(text, `${remote.place}/${path}`);
  removeFile(file);
  throw fail('RL1626', { what: 'the manifest', place: remote.place, why: 'it has another hash' });
}

async function fetchBatch(
  request: PullRequest,
  chunks: readonly ImageChunk[],
  drafts: string,
): Promise<void> {
  const { store, remote, runner } = request;
  const draftPath = (id: string) => `${drafts}/${id}.zst`;
  await runInParallel(chunks, WIDTH, ({ id, size }) =>
    // zstd never makes more than this of data that it cannot compress (ZSTD_compressBound).
    remote.get(storeLayout.chunk(id), draftPath(id), size + Math.ceil(size / 255) + 1024),
  );
  const problems = await checkChunks(runner, chunks, draftPath, makeUnpacker(store, drafts));
  const bad = new Set(problems.map(({ id }) => id));
  for (const { id } of chunks) {
    if (bad.has(id)) removeFile(draftPath(id));
    else store.adoptChunk(draftPath(id), id);
  }
  const [first] = problems;
  if (first !== undefined) {
    throw fail('RL1626', { what: `the chunk ${first.id}`, place: remote.place, why: first.why });
  }
}

/** Compressed, and most often unpacked beside: seldom more than one and a half times what it is. */
function requireRoom(place: string, missing: readonly ImageChunk[]): void {
  const needed = Math.ceil(1.5 * missing.reduce((sum, chunk) => sum + chunk.size, 0));
  const free = countFreeBelow(place);
  if (free < needed) throw fail('RL1629', { place, needed, free });
}

function fail<Key extends PullCode>(code: Key, values: CodeParameters<Key>): Failure {
  const issue = makeIssue(code, values);
  return new Failure(code === 'RL1629' ? EXIT.failed : EXIT.invalid, issue.code, issue.message, issue.hint);
}

type PullCode = 'RL1620' | 'RL1626' | 'RL1627' | 'RL1629';
