import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const PIECE = 1024 * 1024;

/** SHA-256 of a regular file with its size in bytes; undefined when there is none. Reads the file as it is now. */
export function hashFile(path: string): { readonly sha256: string; readonly size: number } | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    if (!fstatSync(file).isFile()) return undefined;
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(PIECE);
    let size = 0;
    for (;;) {
      const count = readSync(file, buffer, 0, PIECE, null);
      if (count === 0) return { sha256: hash.digest('hex'), size };
      hash.update(buffer.subarray(0, count));
      size += count;
    }
  } finally {
    closeSync(file);
  }
}
