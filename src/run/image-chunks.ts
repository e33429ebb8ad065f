import { createHash } from 'node:crypto';
import type { ChunkId, ImageChunk } from '../image/manifest.ts';
import { makeIssue } from '../report/codes.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { buildDecompressArgv } from '../tools/zstd.ts';
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
 * Reads chunks in their order. Each is handed on only when its hash is right.
 * @throws Failure RL1504 that names the chunk that is missing, cut off or another than its name says
 */
export async function readChunks(
  runner: Runner,
  chunks: readonly ImageChunk[],
  chunkPath: (id: ChunkId) => string,
  onChunk: (bytes: Buffer, chunk: ImageChunk) => void,
): Promise<void> {
  for (let first = 0; first < chunks.length; first += BATCH) {
    const batch = chunks.slice(first, first + BATCH);
    const missing = batch.find((chunk) => statPath(chunkPath(chunk.id))?.isFile() !== true);
    if (missing !== undefined) throw refuseChunk(missing.id, 'it is missing');
    const cutter = new ChunkCutter(batch, onChunk);
    const argv = buildDecompressArgv(batch.map((chunk) => chunkPath(chunk.id)));
    const result = await runner.run({
      argv,
      deadlineSeconds: DEADLINE_SECONDS,
      onBytes: (bytes) => cutter.add(bytes),
    });
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

/** Looks at every chunk by itself, so that one which is corrupt hides no other. */
export async function checkChunks(
  runner: Runner,
  chunks: readonly ImageChunk[],
  chunkPath: (id: ChunkId) => string,
): Promise<FoundProblem[]> {
  const problems: FoundProblem[] = [];
  let rest = chunks;
  while (rest.length > 0) {
    try {
      await readChunks(runner, rest, chunkPath, () => {});
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

/** Cuts the stream of decompressed bytes into chunks and checks each. */
class ChunkCutter {
  readonly #chunks: readonly ImageChunk[];
  readonly #onChunk: (bytes: Buffer, chunk: ImageChunk) => void;
  #index = 0;
  #filled = 0;
  #buffer = Buffer.alloc(0);

  constructor(chunks: readonly ImageChunk[], onChunk: (bytes: Buffer, chunk: ImageChunk) => void) {
    this.#chunks = chunks;
    this.#onChunk = onChunk;
  }

  /** The chunk that has not come whole yet. */
  get pending(): ImageChunk | undefined {
    return this.#chunks[this.#index];
  }

  add(bytes: Buffer): void {
    let offset = 0;
    while (offset < bytes.length) {
      const chunk = this.pending;
      if (chunk === undefined)
        throw refuseChunk(this.#chunks.at(-1)?.id ?? '', 'it is longer than the manifest says');
      if (this.#filled === 0) this.#buffer = Buffer.allocUnsafe(chunk.size);
      const count = bytes.copy(this.#buffer, this.#filled, offset);
      this.#filled += count;
      offset += count;
      if (this.#filled < chunk.size) continue;
      if (createHash('sha256').update(this.#buffer).digest('hex') !== chunk.id) {
        throw refuseChunk(chunk.id, 'its content has another hash');
      }
      this.#onChunk(this.#buffer, chunk);
      this.#index += 1;
      this.#filled = 0;
    }
  }
}

/** RL1504, with the chunk that it is about. */
class ChunkFailure extends Failure {
  readonly id: ChunkId;

  constructor(id: ChunkId, why: string) {
    const issue = makeIssue('RL1504', { id, why });
    super(EXIT.failed, issue.code, issue.message, issue.hint);
    this.id = id;
  }
}

function refuseChunk(id: ChunkId, why: string): ChunkFailure {
  return new ChunkFailure(id, why);
}
