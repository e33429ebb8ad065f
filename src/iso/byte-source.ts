import { isoFailure } from './problems.ts';

/** Bytes that are read by position: an image file, or a test's array. `size` is in bytes. */
export interface ByteSource {
  readonly size: number;
  /**
   * May return fewer bytes than asked for, and none past the end. They may lie at the start of `into`, which holds `length`
   * bytes at least: whoever reads all of a large file spares a new array for each piece.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

/**
 * Reads exactly `length` bytes; `what` names them in the error.
 * @throws Failure RL6002 when the source ends before.
 */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  what: string,
): Promise<Uint8Array> {
  if (offset < 0 || offset + length > source.size) throw isoFailure('truncated', { what, size: source.size });
  const first = await source.read(offset, length);
  if (first.length === length) return first;
  const whole = new Uint8Array(length);
  whole.set(first);
  let filled = first.length;
  while (filled < length) {
    const part = await source.read(offset + filled, length - filled);
    if (part.length === 0) throw isoFailure('truncated', { what, size: source.size });
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}

const CACHE_BLOCK = 32 * 1024;
const CACHE_BLOCKS = 64;

/** Keeps the last 2 MiB that were read, in blocks: directories and continuation areas are read in small pieces. */
export function cacheSource(source: ByteSource): ByteSource {
  const blocks = new Map<number, Uint8Array>();

  async function readBlock(index: number): Promise<Uint8Array> {
    const known = blocks.get(index);
    if (known !== undefined) return known;
    const start = index * CACHE_BLOCK;
    const length = Math.min(CACHE_BLOCK, source.size - start);
    const block = await readExactly(source, start, length, 'a block');
    const oldest = blocks.keys().next();
    if (blocks.size >= CACHE_BLOCKS && oldest.done !== true) blocks.delete(oldest.value);
    blocks.set(index, block);
    return block;
  }

  async function read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, source.size);
    if (end <= offset) return new Uint8Array(0);
    const index = Math.floor(offset / CACHE_BLOCK);
    const start = offset - index * CACHE_BLOCK;
    const block = await readBlock(index);
    // A piece that crosses a block's end comes short; readExactly asks for the rest.
    return block.subarray(start, Math.min(start + (end - offset), block.length));
  }

  return { size: source.size, read };
}
