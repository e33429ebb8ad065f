import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ImageChunk } from '../image/manifest.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { UNPACKED_WORKER } from './unpacked-worker.ts';

/** More threads than this wait for the disk, whatever the machine. */
const MOST_THREADS = 4;
/** More than any list of chunks has: what a thread takes next when there is no more to do. */
const STOP = 2 ** 30;

export interface UnpackedRequest {
  readonly chunks: readonly ImageChunk[];
  readonly unpackedPath: (id: string) => string;
  /** An open descriptor: that of the volume. */
  readonly device: number;
  /** Byte of the device at which the filesystem begins. */
  readonly offset: number;
  readonly blockSize: number;
  /** Told of each chunk that was written, by its size in bytes. */
  readonly onWritten: (size: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Writes the chunks that have an unpacked copy to their places, by a few threads; each is hashed before. Tells which
 * ones have none, or one whose content is wrong: those are for whoever reads the chunks themselves.
 * @throws Error of the disk; Failure RL0604 when it was interrupted
 */
export async function writeUnpacked(request: UnpackedRequest): Promise<ImageChunk[]> {
  const { chunks, unpackedPath, signal } = request;
  if (chunks.length === 0) return [];
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const workerData = {
    chunks: chunks.map((chunk) => ({ ...chunk, path: unpackedPath(chunk.id) })),
    device: request.device,
    offset: request.offset,
    blockSize: request.blockSize,
    largest: Math.max(...chunks.map(({ size }) => size)),
    taken,
  };
  const left: number[] = [];
  const stop = () => Atomics.store(taken, 0, STOP);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const threads = Math.min(MOST_THREADS, availableParallelism(), chunks.length);
    const runs = Array.from({ length: threads }, () => runThread(workerData, left, request.onWritten));
    // All must have ended before the descriptor is closed: its number may be another file's then.
    const ends = await Promise.allSettled(runs.map((run) => run.catch(endWith(stop))));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted) throw new Failure(EXIT.interrupted, 'RL0604', 'interrupted while blocks were written');
  return left.sort((one, other) => one - other).flatMap((index) => chunks[index] ?? []);
}

function endWith(stop: () => void) {
  return (error: unknown): never => {
    stop();
    throw error;
  };
}

function runThread(workerData: unknown, left: number[], onWritten: (size: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(UNPACKED_WORKER, { eval: true, workerData });
    worker.on('message', ({ bad, written }: { bad?: number; written?: number }) => {
      if (bad !== undefined) left.push(bad);
      if (written !== undefined) onWritten(written);
    });
    let failure: unknown;
    worker.once('error', (error) => {
      failure = error;
    });
    worker.once('exit', () => (failure === undefined ? resolve() : reject(failure)));
  });
}
