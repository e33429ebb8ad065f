import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../iso/byte-source.ts';
import type { ByteRange } from '../iso/remaster/skeleton.ts';
import { openFileSource } from './byte-source.ts';

const PIECE = 1024 * 1024;

/** Writes the given ranges of an image to a new file of the same size, which has holes between them. */
export async function writeSkeleton(
  source: ByteSource,
  path: string,
  ranges: readonly ByteRange[],
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.truncate(source.size);
    await copyRanges(source, file, ranges);
  } finally {
    await file.close();
  }
}

/** Brings what was done to a skeleton into the copy of the whole image: the same ranges, and all that was appended. */
export async function joinSkeleton(
  skeleton: string,
  image: string,
  ranges: readonly ByteRange[],
): Promise<void> {
  const source = await openFileSource(skeleton);
  const file = await open(image, 'r+');
  try {
    const { size } = await file.stat();
    await file.truncate(source.size);
    await copyRanges(source, file, [...ranges, { start: size, end: source.size }]);
  } finally {
    await Promise.all([source.close(), file.close()]);
  }
}

async function copyRanges(source: ByteSource, file: FileHandle, ranges: readonly ByteRange[]): Promise<void> {
  const buffer = new Uint8Array(PIECE);
  for (const { start, end } of ranges) {
    for (let offset = start; offset < end; ) {
      const piece = await source.read(offset, Math.min(PIECE, end - offset), buffer);
      // A source that ends before is found out when the image is read back.
      if (piece.length === 0) break;
      for (let done = 0; done < piece.length; )
        done += (await file.write(piece, done, piece.length - done, offset + done)).bytesWritten;
      offset += piece.length;
    }
  }
}
