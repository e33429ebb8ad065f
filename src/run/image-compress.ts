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
/** Up to so many files are synced one by one: a sync of the filesystem writes out whatever else waits there, such as the image. */
const FEW = 64;
/** Milliseconds after which a scratch directory belongs to a run that was killed: a batch takes seconds. */
const LEFTOVER_AGE = 3600 * 1000;

/**
 * Puts chunks into a store that it does not have yet, a batch at a time. The pieces wait as files, so that memory does
 * not grow with the image, and become the store's unpacked copies where it keeps such. `close` it whatever happens.
 */
export class ChunkWriter {
  readonly #runner: Runner;
  readonly #store: ImageStore;
  readonly #scratch: string;
  readonly #seen = new Set<ChunkId>();
  readonly #running = new Set<Promise<unknown>>();
  /** Compressed, and not on the disk for sure: by name. */
  readonly #waiting = new Map<ChunkId, string>();
  readonly #unpacked = new Map<ChunkId, string>();
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

  /**
   * Takes a chunk in and tells its name; nothing refers to `bytes` afterwards. It is in the store when `finish` has returned.
   * @throws Failure of zstd(1)
   */
  async add(bytes: Uint8Array): Promise<ChunkId> {
    const id = createHash('sha256').update(bytes).digest('hex');
    if (this.#seen.has(id)) return id;
    this.#seen.add(id);
    const isNew = !this.#store.hasChunk(id);
    if (!isNew && !this.#store.wantsUnpacked(id)) return id;
    mkdirSync(this.#place, { recursive: true });
    const piece = join(this.#place, id);
    writeFileSync(piece, bytes);
    if (this.#store.wantsUnpacked(id)) this.#unpacked.set(id, piece);
    if (isNew) this.#batch.push(id);
    if (this.#batch.length >= BATCH) await this.#startBatch();
    return id;
  }

  /**
   * Waits until all of it is in the store, durable. A chunk gets its name when its bytes are on the disk: so a power cut
   * leaves no name without content. When they are many, one sync of the filesystem takes the place of one for each file.
   * @throws Failure of zstd(1)
   */
  async finish(): Promise<void> {
    if (this.#batch.length > 0) await this.#startBatch();
    await Promise.all(this.#running);
    this.#rethrow();
    // These need no sync: a restore compares them, and takes the chunk where they are wrong.
    this.#store.adoptUnpacked(this.#unpacked);
    if (this.#waiting.size <= FEW) {
      for (const [id, file] of this.#waiting) this.#store.adoptChunk(file, id);
      return;
    }
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
    for (const id of ids) {
      this.#waiting.set(id, join(place, `${id}.zst`));
      if (!this.#unpacked.has(id)) rmSync(join(place, id));
    }
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
