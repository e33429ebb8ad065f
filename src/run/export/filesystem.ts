import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { ImageManifest } from '../../image/manifest.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { hashFile } from '../file-hash.ts';
import { readChunks } from '../image-chunks.ts';
import type { ImageStore } from '../image-store.ts';
import type { Runner } from '../runner.ts';

/**
 * Writes the filesystem of an image into a new sparse file, and reads it back whole.
 * @throws Failure RL1504 for a chunk that is not what its name says; RL0601 when the whole has another hash
 */
export async function writeFilesystem(
  store: ImageStore,
  runner: Runner,
  manifest: ImageManifest,
  path: string,
): Promise<void> {
  const { blockSize, size, sha256 } = manifest.filesystem;
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    ftruncateSync(file, size);
    await readChunks(runner, manifest.chunks, store.chunkPath, async (bytes, chunk) => {
      let at = 0;
      for (const [start, count] of chunk.runs) {
        const end = at + count * blockSize;
        for (let position = start * blockSize; at < end; ) {
          const written = writeSync(file, bytes, at, end - at, position);
          at += written;
          position += written;
        }
      }
    });
  } finally {
    closeSync(file);
  }
  if (hashFile(path)?.sha256 === sha256) return;
  const message = 'the filesystem that was written has another hash than the manifest says';
  throw new Failure(EXIT.failed, 'RL0601', message, 'relight image verify');
}
