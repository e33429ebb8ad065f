import { webcrypto } from 'node:crypto';
import type { ImageChunk } from '../image/manifest.ts';
import { refuseChunk } from './chunk-failure.ts';

/** Works on a chunk whose hash is right. */
export type ChunkReceiver = (bytes: Buffer, chunk: ImageChunk) => Promise<void>;

/** Chunks that are hashed or worked on at one time: what memory holds of an image, 4 MiB each. */
const MOST_AT_WORK = 12;

/**
 * Cuts a stream of decompressed bytes into chunks. Each is hashed by another thread, and handed on if its hash is right,
 * while more bytes come.
 */
export class ChunkCutter {
  readonly #chunks: readonly ImageChunk[];
  readonly #onChunk: ChunkReceiver;
  readonly #working = new Set<Promise<void>>();
  /** By the number of the chunk. */
  readonly #errors = new Map<number, unknown>();
  #index = 0;
  #filled = 0;
  #buffer = Buffer.alloc(0);

  constructor(chunks: readonly ImageChunk[], onChunk: ChunkReceiver) {
    this.#chunks = chunks;
    this.#onChunk = onChunk;
  }

  /** The chunk that has not come whole yet. */
  get pending(): ImageChunk | undefined {
    return this.#chunks[this.#index];
  }

  /** Takes bytes in; to be called again when the promise, if there is one, is fulfilled. */
  add(bytes: Buffer): Promise<void> | undefined {
    if (this.#errors.size > 0) return this.#fail();
    for (let offset = 0; offset < bytes.length; ) {
      const chunk = this.pending;
      if (chunk === undefined) {
        const last = this.#chunks.at(-1)?.id ?? '';
        this.#errors.set(this.#chunks.length, refuseChunk(last, 'it is longer than the manifest says'));
        return this.#fail();
      }
      if (this.#filled === 0) this.#buffer = Buffer.allocUnsafeSlow(chunk.size);
      const count = bytes.copy(this.#buffer, this.#filled, offset);
      this.#filled += count;
      offset += count;
      if (this.#filled < chunk.size) continue;
      this.#start(this.#buffer, chunk, this.#index);
      this.#index += 1;
      this.#filled = 0;
    }
    return this.#working.size < MOST_AT_WORK ? undefined : Promise.race(this.#working);
  }

  /** Waits for what is being worked on. Never rejects: `rethrow` tells what went wrong. */
  async settle(): Promise<void> {
    await Promise.all(this.#working);
  }

  /** Throws the error of the first chunk that has one. */
  rethrow(): void {
    const [first] = [...this.#errors.keys()].sort((left, right) => left - right);
    if (first !== undefined) throw this.#errors.get(first);
  }

  /** What comes first in the image is to blame: bytes too many move all that follows. */
  async #fail(): Promise<void> {
    await this.settle();
    this.rethrow();
  }

  #start(bytes: Buffer, chunk: ImageChunk, index: number): void {
    const work = this.#check(bytes, chunk)
      .catch((error: unknown) => {
        this.#errors.set(index, error);
      })
      .finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  async #check(bytes: Buffer, chunk: ImageChunk): Promise<void> {
    const digest = await webcrypto.subtle.digest('SHA-256', bytes);
    if (Buffer.from(digest).toString('hex') !== chunk.id)
      throw refuseChunk(chunk.id, 'its content has another hash');
    await this.#onChunk(bytes, chunk);
  }
}
