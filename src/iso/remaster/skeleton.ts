import { BLOCK } from '../descriptors.ts';
import type { Extent } from '../directory-record.ts';

/** Bytes of an image, from `start` up to `end`, which is not among them. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What xorriso writes anew at the front of an image that grows: 32 blocks (libisoburn, isoburn_activate_session). */
const HEAD = 64 * 1024;

/**
 * What is left of an image without the content of its files: system area, descriptors, directories, boot images, in the
 * order of the medium. xorriso appends to this as to the whole image, since it reads nothing else. `volumeBytes`: where
 * it begins to append; whatever lies behind is part of it, too.
 */
export function findSkeleton(
  image: { readonly size: number; readonly volumeBytes: number },
  contents: readonly Extent[],
): ByteRange[] {
  const last = Math.floor(Math.min(image.volumeBytes, image.size) / HEAD) * HEAD;
  const found: ByteRange[] = [];
  let end = HEAD;
  const add = (range: ByteRange) => {
    if (range.end > range.start) found.push(range);
  };
  const sorted = [...contents].sort((left, right) => left.block - right.block);
  for (const { block, length } of sorted) {
    const start = block * BLOCK;
    if (start >= last) break;
    add({ start: end, end: start });
    end = Math.max(end, Math.min(last, start + Math.ceil(length / BLOCK) * BLOCK));
  }
  add({ start: end, end: image.size });
  return [{ start: 0, end: Math.min(HEAD, image.size) }, ...found];
}
