import { decodeUtf8, readByte, readText, readU16, readU32 } from './numbers.ts';

export type Compression = 'gzip' | 'xz' | 'zstd' | 'lz4' | 'lzma' | 'lzo' | 'bzip2' | 'none' | 'unknown';

export interface KernelFacts {
  /** Such as `6.12.43+deb13-amd64`. */
  readonly version: string;
  readonly compression: Compression;
}

/** How much of a kernel image has to be read: the setup sectors (at most 64) and the payload's first bytes. */
export const KERNEL_HEAD = 128 * 1024;

/**
 * Reads version and compression out of a bzImage's head (Linux, Documentation/arch/x86/boot.rst). Undefined: it is no
 * bzImage of boot protocol 2.08 or newer.
 */
export function parseKernel(head: Uint8Array): KernelFacts | undefined {
  if (head.length < 0x260 || readText(head, 0x202, 4) !== 'HdrS' || readU16(head, 0x206) < 0x0208)
    return undefined;
  const versionAt = readU16(head, 0x20e) + 0x200;
  const text = decodeUtf8(head.subarray(versionAt, versionAt + 256)).replace(/\0.*/s, '');
  const setupSectors = readByte(head, 0x1f1) || 4;
  const payload = (setupSectors + 1) * 512 + readU32(head, 0x248);
  return {
    version: (text.split(' ')[0] ?? '').slice(0, 100),
    compression:
      payload + 8 <= head.length ? findCompression(head.subarray(payload, payload + 8)) : 'unknown',
  };
}

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lzma', [0x5d, 0x00, 0x00]],
  ['lzo', [0x89, 0x4c, 0x5a, 0x4f]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['none', [0x30, 0x37, 0x30, 0x37, 0x30]],
  ['none', [0x7f, 0x45, 0x4c, 0x46]],
];

/** Tells a compression by its first bytes; a bare cpio archive or ELF file is `none`. */
export function findCompression(head: Uint8Array): Compression {
  const found = MAGIC.find(([, magic]) => magic.every((byte, index) => head[index] === byte));
  return found?.[0] ?? 'unknown';
}
