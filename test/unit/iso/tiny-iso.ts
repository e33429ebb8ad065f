import type { ByteSource } from '../../../src/iso/byte-source.ts';

/** Hand-made images, for what no tool writes: each function makes one structure of ECMA-119, SUSP or RRIP. */
const BLOCK = 2048;

export interface RecordParts {
  readonly name: string | number;
  readonly block: number;
  readonly length: number;
  readonly flags?: number;
  readonly systemUse?: readonly number[];
}

export function both32(value: number): number[] {
  const bytes = [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
  return [...bytes, ...[...bytes].reverse()];
}

function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}

export function record({ name, block, length, flags = 0, systemUse = [] }: RecordParts): number[] {
  const identifier = typeof name === 'number' ? [name] : text(name);
  const padding = identifier.length % 2 === 0 ? [0] : [];
  const date = [100, 1, 2, 3, 4, 5, 0];
  const body = [...both32(block), ...both32(length), ...date, flags, 0, 0, 1, 0, 0, 1, identifier.length];
  const bytes = [0, 0, ...body, ...identifier, ...padding, ...systemUse];
  if (bytes.length % 2 === 1) bytes.push(0);
  bytes[0] = bytes.length;
  return bytes;
}

function field(signature: string, data: readonly number[]): number[] {
  return [...text(signature), data.length + 4, 1, ...data];
}

export const sp = (skip = 0) => field('SP', [0xbe, 0xef, skip]);
export const px = (mode: number) => field('PX', [mode, 1, 0, 0].flatMap(both32));
export const nm = (name: string, flags = 0) => field('NM', [flags, ...text(name)]);
export const ce = (block: number, offset: number, length: number) =>
  field('CE', [block, offset, length].flatMap(both32));
export const cl = (block: number) => field('CL', both32(block));
export const re = () => field('RE', []);
/** One SL field; each component is flags and text. */
export const sl = (components: readonly (readonly [number, string])[], flags = 0) =>
  field('SL', [flags, ...components.flatMap(([mark, part]) => [mark, part.length, ...text(part)])]);

/** The records `.` and `..` of a directory of one block, with the system use area of `.`. */
export function dots(block: number, parent: number, own: readonly number[] = []): number[] {
  return [
    ...record({ name: 0, block, length: BLOCK, flags: 2, systemUse: own }),
    ...record({ name: 1, block: parent, length: BLOCK, flags: 2 }),
  ];
}

/** An image with the given blocks; the root directory is block 20. */
export function assemble(
  blocks: Readonly<Record<number, readonly number[] | Uint8Array>>,
  total: number,
): Uint8Array {
  const image = new Uint8Array(total * BLOCK);
  const primary = new Uint8Array(BLOCK);
  primary.set([1, ...text('CD001'), 1]);
  primary.set(text('TINY'.padEnd(32)), 40);
  primary.set(both32(total), 80);
  primary.set([0, 8, 8, 0], 128);
  primary.set(record({ name: 0, block: 20, length: BLOCK, flags: 2 }), 156);
  image.set(primary, 16 * BLOCK);
  image.set([255, ...text('CD001'), 1], 17 * BLOCK);
  for (const [block, bytes] of Object.entries(blocks)) image.set(bytes, Number(block) * BLOCK);
  return image;
}

export function sourceOf(bytes: Uint8Array, largestRead = Number.POSITIVE_INFINITY): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + Math.min(length, largestRead))),
  };
}
