import { readExactly } from './byte-source.ts';
import { BLOCK } from './descriptors.ts';
import type { IsoEntry } from './directory.ts';
import type { IsoImage } from './image.ts';
import { decodeUtf8 } from './numbers.ts';
import { isoFailure } from './problems.ts';
import { findEntry } from './walk.ts';

const CHUNK = 256 * 1024;

/**
 * The content of a file in pieces of at most 256 KiB, extent by extent.
 * @throws Failure RL6002 when an extent lies outside the image.
 */
export async function* readContent(image: IsoImage, entry: IsoEntry): AsyncGenerator<Uint8Array> {
  for (const extent of entry.extents) {
    const start = extent.block * BLOCK;
    if (extent.length > 0 && start + extent.length > image.source.size) {
      throw isoFailure('truncated', { what: entry.path, size: image.source.size });
    }
    for (let done = 0; done < extent.length; done += CHUNK) {
      const length = Math.min(CHUNK, extent.length - done);
      yield await readExactly(image.source, start + done, length, entry.path);
    }
  }
}

/** At most `length` bytes of a file from `offset` on, which may span extents. */
export async function readPart(
  image: IsoImage,
  entry: IsoEntry,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const part = new Uint8Array(Math.max(0, Math.min(length, entry.size - offset)));
  let begin = 0;
  for (const extent of entry.extents) {
    const from = Math.max(offset, begin);
    const to = Math.min(offset + part.length, begin + extent.length);
    if (to > from) {
      const start = extent.block * BLOCK + (from - begin);
      part.set(await readExactly(image.source, start, to - from, entry.path), from - offset);
    }
    begin += extent.length;
  }
  return part;
}

/**
 * A small text file, by path. Undefined: there is none.
 * @throws Failure RL6004 when it has more than `limit` bytes.
 */
export async function readTextFile(
  image: IsoImage,
  path: string,
  limit = 1024 * 1024,
): Promise<string | undefined> {
  const entry = await findEntry(image, path);
  if (entry?.kind !== 'file') return undefined;
  if (entry.size > limit) throw isoFailure('limit', { what: `bytes in ${path}`, limit });
  return decodeUtf8(await readPart(image, entry, 0, entry.size));
}
