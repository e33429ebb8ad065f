import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { cutIntoWindows, invertRuns, joinRuns, splitZeros } from '../image/block-map.ts';
import { type BlockRun, CHUNK_BYTES, type ImageChunk, type ImageManifest } from '../image/manifest.ts';
import { buildDumpArgv, IMAGE_BLOCK, parseFreeBlocks } from '../tools/ext-image.ts';
import { ChunkWriter } from './image-compress.ts';
import type { ImageStore } from './image-store.ts';
import { type Runner, requireSuccess } from './runner.ts';

const WINDOW_BLOCKS = CHUNK_BYTES / IMAGE_BLOCK;
const ZERO_BLOCK = Buffer.alloc(IMAGE_BLOCK);
const ZERO_WINDOW = Buffer.alloc(CHUNK_BYTES);

/** What a filesystem image becomes in a store. */
export interface ChunkedFilesystem {
  readonly filesystem: Omit<ImageManifest['filesystem'], 'uuid'>;
  readonly chunks: ImageChunk[];
}

/** Cuts the blocks in use of an ext4 image into chunks and puts those into the store that it does not have yet. */
export async function storeFilesystem(
  runner: Runner,
  image: string,
  store: ImageStore,
  onProgress: (percent: number) => void,
): Promise<ChunkedFilesystem> {
  const free = parseFreeBlocks(await dumpGroups(runner, image));
  const file = openSync(image, 'r');
  const writer = new ChunkWriter(runner, store);
  try {
    const size = fstatSync(file).size;
    const blocks = size / IMAGE_BLOCK;
    const windows = cutIntoWindows(invertRuns(free, blocks), WINDOW_BLOCKS);
    const whole = createHash('sha256');
    const chunks: ImageChunk[] = [];
    const zeroRuns: BlockRun[] = [];
    // One buffer for all windows: the writer keeps nothing of it.
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (let window = 0; window * WINDOW_BLOCKS < blocks; window += 1) {
      const length = Math.min(WINDOW_BLOCKS, blocks - window * WINDOW_BLOCKS) * IMAGE_BLOCK;
      const runs = windows.get(window) ?? [];
      const found =
        runs.length === 0
          ? undefined
          : readWindow(file, window * WINDOW_BLOCKS, buffer.subarray(0, length).fill(0), runs);
      whole.update(found?.bytes ?? ZERO_WINDOW.subarray(0, length));
      zeroRuns.push(...(found?.zero ?? []));
      if (found === undefined || found.data.length === 0) continue;
      const bytes = collect(found.bytes, window * WINDOW_BLOCKS, found.data);
      const id = await writer.add(bytes);
      chunks.push({ id, size: bytes.length, runs: found.data.map(([start, count]) => [start, count]) });
      onProgress(Math.floor((100 * window * WINDOW_BLOCKS) / blocks));
    }
    await writer.finish();
    return {
      filesystem: {
        type: 'ext4',
        blockSize: IMAGE_BLOCK,
        size,
        sha256: whole.digest('hex'),
        dataBytes: chunks.reduce((sum, chunk) => sum + chunk.size, 0),
        zeroRuns: joinRuns(zeroRuns).map(([start, count]) => [start, count]),
      },
      chunks,
    };
  } finally {
    await writer.close();
    closeSync(file);
  }
}

/** The list of free blocks can be long: it does not go through the result's capped output. */
async function dumpGroups(runner: Runner, image: string): Promise<string> {
  const pieces: Buffer[] = [];
  const argv = buildDumpArgv(image);
  requireSuccess(await runner.run({ argv, deadlineSeconds: 120, onBytes: (bytes) => pieces.push(bytes) }));
  return Buffer.concat(pieces).toString('utf8');
}

/** Reads a window of the image into zeros: unused blocks stay zero whatever lies there, so that leftovers do not make two images differ. */
function readWindow(file: number, first: number, bytes: Buffer, runs: readonly BlockRun[]) {
  const data: BlockRun[] = [];
  const zero: BlockRun[] = [];
  for (const [start, count] of runs) {
    const at = (start - first) * IMAGE_BLOCK;
    readSync(file, bytes, at, count * IMAGE_BLOCK, start * IMAGE_BLOCK);
    const isZero = (block: number) => {
      const offset = (block - first) * IMAGE_BLOCK;
      return bytes.compare(ZERO_BLOCK, 0, IMAGE_BLOCK, offset, offset + IMAGE_BLOCK) === 0;
    };
    const split = splitZeros([start, count], isZero);
    data.push(...split.data);
    zero.push(...split.zero);
  }
  return { bytes, data, zero };
}

function collect(window: Buffer, first: number, runs: readonly BlockRun[]): Buffer {
  const parts = runs.map(([start, count]) =>
    window.subarray((start - first) * IMAGE_BLOCK, (start - first + count) * IMAGE_BLOCK),
  );
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}
