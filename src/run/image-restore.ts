import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  write as writeCallback,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import type { ImageManifest } from '../image/manifest.ts';
import type { ImageStep } from '../plan/image-steps.ts';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { readChunks } from './image-chunks.ts';
import { type ImageStore, openImageStore } from './image-store.ts';
import type { StepContext } from './steps/context.ts';
import { writeUnpacked } from './unpacked-restore.ts';

const writePositioned = promisify(writeCallback);
const ZEROS = Buffer.alloc(1024 * 1024);
/** Bytes between two syncs that run beside the writing: the disk is kept busy while zstd works. */
const SYNC_BYTES = 64 * 1024 * 1024;

/**
 * Writes the blocks of an image straight onto a new volume; each chunk is written only when its hash is right. A file is
 * emptied first, so that blocks which are zero need not be written. Chunks that the store has unpacked come first.
 * @throws Failure RL1504, RL1540
 */
export async function restoreImage(
  step: Extract<ImageStep, { do: 'restore-image' }>,
  context: StepContext,
): Promise<void> {
  const { runner } = context;
  const store = openImageStore(step.store, runner);
  const manifest = store.readManifest(store.find(`${step.image}@${step.manifest}`));
  // O_EXCL on a block device: refused while anybody else holds it, mounted or not (open(2)).
  const device = openSync(step.device, constants.O_RDWR | constants.O_EXCL);
  try {
    const stats = fstatSync(device);
    const isFile = stats.isFile();
    if (isFile) {
      requireRoom(step, manifest, stats.size);
      ftruncateSync(device, 0);
      ftruncateSync(device, stats.size);
    }
    await writeBlocks(device, step, { manifest, store }, context);
    if (!isFile) writeZeros(device, step.offset, manifest);
    fsyncSync(device);
  } finally {
    closeSync(device);
  }
}

async function writeBlocks(
  device: number,
  { offset }: Extract<ImageStep, { do: 'restore-image' }>,
  { manifest, store }: { readonly manifest: ImageManifest; readonly store: ImageStore },
  { runner, listener, signal }: StepContext,
): Promise<void> {
  const { blockSize, dataBytes } = manifest.filesystem;
  let written = 0;
  let unsynced = 0;
  let syncing: Promise<void> | undefined;
  const onWritten = (size: number) => {
    written += size;
    unsynced += size;
    listener.progress(Math.floor((100 * written) / dataBytes), 'writing blocks');
    if (unsynced < SYNC_BYTES || syncing !== undefined) return;
    unsynced = 0;
    syncing = startSync(device).finally(() => {
      syncing = undefined;
    });
  };
  const place = { device, offset, blockSize };
  const { unpackedPath, chunkPath } = store;
  try {
    const left = await writeUnpacked({ ...place, chunks: manifest.chunks, unpackedPath, onWritten, signal });
    await readChunks(runner, left, chunkPath, async (bytes, chunk) => {
      let at = 0;
      for (const [start, count] of chunk.runs) {
        const length = count * blockSize;
        await write(device, bytes.subarray(at, at + length), offset + start * blockSize);
        at += length;
      }
      onWritten(chunk.size);
    });
  } finally {
    // Also after an error: the number of a closed descriptor may be another file's.
    await syncing;
  }
}

/** An error of the disk comes again at the closing fsync: a failed sync here need not end the writing. */
function startSync(device: number): Promise<void> {
  return new Promise((resolve) => fdatasync(device, () => resolve()));
}

/** By another thread: this one goes on reading. */
async function write(device: number, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const left = bytes.length - done;
    const { bytesWritten } = await writePositioned(device, bytes, done, left, position + done);
    done += bytesWritten;
  }
}

function writeZeros(device: number, offset: number, { filesystem }: ImageManifest): void {
  for (const [start, count] of filesystem.zeroRuns) {
    let at = offset + start * filesystem.blockSize;
    for (let left = count * filesystem.blockSize; left > 0; ) {
      const length = Math.min(left, ZEROS.length);
      writeAt(device, ZEROS.subarray(0, length), at);
      at += length;
      left -= length;
    }
  }
}

function writeAt(device: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(device, bytes, done, bytes.length - done, position + done);
}

function requireRoom(
  step: Extract<ImageStep, { do: 'restore-image' }>,
  manifest: ImageManifest,
  size: number,
): void {
  if (step.offset + manifest.filesystem.size <= size) return;
  throw makeFailure(EXIT.failed, 'RL1540', { image: step.image, needed: manifest.filesystem.size, size });
}
