import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeLayout } from '../image/layout.ts';
import type { ChunkId } from '../image/manifest.ts';
import { buildSyncArgv } from '../tools/sync.ts';
import { buildCompressArgv } from '../tools/zstd.ts';
import { listDirectory } from './directory.ts';
import { makeDirectory } from './files.ts';
import type { ImageStore } from './image-store.ts';
import { type Runner, requireSuccess } from './runner.ts';

/** Chunks that one zstd(1) compresses: a process for each took longer than compressing it. */
const BATCH = 16;
/** Compressors at work at one time. */
const COMPRESSORS = 2;
const DEADLINE_SECONDS = 600;
/** Milliseconds after which a scratch directory belongs to a run that was killed: a batch takes seconds. */
const LEFTOVER_AGE = 3600 * 1000;

/**
 * Puts chunks into a store that it does not have yet, a batch at a time. The pieces wait as files, so that memory does
 * not grow with the image. `close` it whatever happens.
 */
export class ChunkWriter {
  readonly #runner: Runner;
  readonly #store: ImageStore;
  readonly #scratch: string;
  readonly #seen = new Set<ChunkId>();
  readonly #running = new Set<Promise<unknown>>();
  /** Compressed, and not on the disk for sure: by name. */
  readonly #waiting = new Map<ChunkId, string>();
  #batch: ChunkId[] = [];
  #count = 0;
  #error: unknown;

  constructor(runner: Runner, store: ImageStore) {
    this.#runner = runner;
    this.#store = store;
    makeDirectory(store.directory, 0o755);
    removeLeftovers(store.directory);
    this.#scratch = mkdtempSync(join(store.directory, storeLayout.scratch));
  }

  /** Takes a chunk in and tells its name. It is in the store when `finish` has returned. @throws Failure of zstd(1) */
  async add(bytes: Uint8Array): Promise<ChunkId> {
    const id = createHash('sha256').update(bytes).digest('hex');
    if (this.#seen.has(id) || this.#store.hasChunk(id)) return id;
    this.#seen.add(id);
    if (this.#batch.length === 0) mkdirSync(this.#place);
    writeFileSync(join(this.#place, id), bytes);
    this.#batch.push(id);
    if (this.#batch.length >= BATCH) await this.#startBatch();
    return id;
  }

  /**
   * Waits until all of it is in the store, durable. A chunk gets its name when its bytes are on the disk: so a power cut
   * leaves no name without content. One sync of the filesystem takes the place of one for each file.
   * @throws Failure of zstd(1)
   */
  async finish(): Promise<void> {
    if (this.#batch.length > 0) await this.#startBatch();
    await Promise.all(this.#running);
    this.#rethrow();
    if (this.#waiting.size === 0) return;
    await this.#sync();
    this.#store.adoptSynced(this.#waiting);
    await this.#sync();
  }

  async #sync(): Promise<void> {
    const argv = buildSyncArgv(this.#store.directory);
    requireSuccess(await this.#runner.run({ argv, deadlineSeconds: DEADLINE_SECONDS }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#running);
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  get #place(): string {
    return join(this.#scratch, String(this.#count));
  }

  async #startBatch(): Promise<void> {
    const running: Promise<unknown> = this.#compress(this.#place, this.#batch)
      .catch((error: unknown) => {
        this.#error ??= error;
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    this.#batch = [];
    this.#count += 1;
    if (this.#running.size >= COMPRESSORS) await Promise.race(this.#running);
    this.#rethrow();
  }

  async #compress(place: string, ids: readonly ChunkId[]): Promise<void> {
    const files = ids.map((id) => join(place, id));
    const argv = buildCompressArgv(files, place);
    requireSuccess(await this.#runner.run({ argv, deadlineSeconds: DEADLINE_SECONDS }));
    for (const id of ids) this.#waiting.set(id, join(place, `${id}.zst`));
  }

  #rethrow(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}

function removeLeftovers(directory: string): void {
  for (const name of listDirectory(directory)) {
    const path = join(directory, name);
    if (!name.startsWith(storeLayout.scratch)) continue;
    if (Date.now() - statSync(path).mtimeMs > LEFTOVER_AGE) rmSync(path, { recursive: true, force: true });
  }
}
