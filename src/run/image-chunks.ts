import type { ChunkId, ImageChunk } from '../image/manifest.ts';
import { buildDecompressArgv } from '../tools/zstd.ts';
import { ChunkCutter, type ChunkReceiver } from './chunk-cutter.ts';
import { ChunkFailure, refuseChunk } from './chunk-failure.ts';
import { statPath } from './files.ts';
import { type Runner, requireSuccess } from './runner.ts';

/** What is wrong with a chunk of a store. */
export interface FoundProblem {
  readonly id: ChunkId;
  readonly why: string;
}

/** Chunks that one zstd(1) decompresses: as many as keep its argument list short. */
const BATCH = 256;
const DEADLINE_SECONDS = 3600;

/**
 * Reads chunks. Each is handed on only when its hash is right; while one is worked on, the next ones are decompressed and
 * hashed, so that they may come in another order.
 * @throws Failure RL1504 that names the chunk that is missing, cut off or another than its name says
 */
export async function readChunks(
  runner: Runner,
  chunks: readonly ImageChunk[],
  chunkPath: (id: ChunkId) => string,
  onChunk: ChunkReceiver,
): Promise<void> {
  for (let first = 0; first < chunks.length; first += BATCH) {
    const batch = chunks.slice(first, first + BATCH);
    const missing = batch.find((chunk) => statPath(chunkPath(chunk.id))?.isFile() !== true);
    if (missing !== undefined) throw refuseChunk(missing.id, 'it is missing');
    const cutter = new ChunkCutter(batch, onChunk);
    const argv = buildDecompressArgv(batch.map((chunk) => chunkPath(chunk.id)));
    const reading = runner.run({
      argv,
      deadlineSeconds: DEADLINE_SECONDS,
      onBytes: (bytes) => cutter.add(bytes),
    });
    const result = await reading.finally(() => cutter.settle());
    cutter.rethrow();
    const rest = cutter.pending;
    if (result.failed && !result.aborted && !result.missing && rest !== undefined) {
      throw refuseChunk(rest.id, `zstd cannot read it: ${result.stderr.trim().split('\n').at(-1) ?? ''}`);
    }
    if (result.status !== null && result.failed && rest === undefined) {
      // All came, and then something else: zstd goes on with the next file and names the one that it could not end.
      const named = batch.find((chunk) => result.stderr.includes(chunk.id)) ?? batch.at(-1);
      throw refuseChunk(named?.id ?? '', 'more follows in its file');
    }
    requireSuccess(result);
    if (rest !== undefined) throw refuseChunk(rest.id, 'it is shorter than the manifest says');
  }
}

/** Looks at every chunk by itself, so that one which is corrupt hides no other. The good ones are handed on. */
export async function checkChunks(
  runner: Runner,
  chunks: readonly ImageChunk[],
  chunkPath: (id: ChunkId) => string,
  onChunk: ChunkReceiver = async () => {},
): Promise<FoundProblem[]> {
  const problems: FoundProblem[] = [];
  let rest = chunks;
  while (rest.length > 0) {
    try {
      await readChunks(runner, rest, chunkPath, onChunk);
      return problems;
    } catch (error) {
      if (!(error instanceof ChunkFailure)) throw error;
      problems.push({ id: error.id, why: error.message });
      const bad = rest.findIndex((chunk) => chunk.id === error.id);
      rest = rest.slice(bad + 1);
    }
  }
  return problems;
}
