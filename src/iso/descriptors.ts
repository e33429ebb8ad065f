import { type ByteSource, readExactly } from './byte-source.ts';
import { type DirectoryRecord, parseRecord } from './directory-record.ts';
import { decodeUtf16, readByte, readText, readU16, readU32 } from './numbers.ts';
import { isoFailure } from './problems.ts';

/** Bytes of a logical block. ECMA-119 allows others; xorriso and Linux's installers use only this one. */
export const BLOCK = 2048;
const FIRST_DESCRIPTOR = 16;
const MOST_DESCRIPTORS = 64;

/** A volume descriptor with a directory tree: the primary one, or Joliet's (ECMA-119 8.4 and 8.5). */
export interface Volume {
  readonly volumeId: string;
  readonly systemId: string;
  readonly publisher: string;
  readonly preparer: string;
  readonly application: string;
  /** In blocks of 2048 bytes. */
  readonly blocks: number;
  /** 16 digits `YYYYMMDDhhmmsscc` and a zone byte that is left out; zeros where unset. */
  readonly modified: string;
  readonly root: DirectoryRecord;
}

export interface Descriptors {
  readonly primary: Volume;
  readonly joliet: Volume | undefined;
  /** Block of the El Torito boot catalogue. */
  readonly catalogue: number | undefined;
}

/**
 * Reads the volume descriptors from block 16 up to their terminator.
 * @throws Failure RL6001 when the source is no ISO image, RL6002 and RL6003 when it is a damaged one.
 */
export async function readDescriptors(source: ByteSource): Promise<Descriptors> {
  if (source.size < (FIRST_DESCRIPTOR + 1) * BLOCK) {
    throw isoFailure('not-iso', { why: `it has only ${source.size} bytes` });
  }
  let primary: Volume | undefined;
  let joliet: Volume | undefined;
  let catalogue: number | undefined;
  for (let index = 0; index < MOST_DESCRIPTORS; index += 1) {
    const offset = (FIRST_DESCRIPTOR + index) * BLOCK;
    const bytes = await readExactly(source, offset, BLOCK, 'a volume descriptor');
    if (readText(bytes, 1, 5) !== 'CD001') {
      if (index === 0) throw isoFailure('not-iso', { why: 'there is no volume descriptor at block 16' });
      throw isoFailure('broken', { what: 'the list of volume descriptors', why: 'has no end' });
    }
    const type = readByte(bytes, 0);
    if (type === 255) break;
    if (type === 1) primary ??= parseVolume(bytes, readText);
    else if (type === 2 && isJoliet(bytes)) joliet ??= parseVolume(bytes, readWideText);
    else if (type === 0) catalogue ??= parseBootRecord(bytes);
  }
  if (primary === undefined)
    throw isoFailure('broken', { what: 'the primary volume descriptor', why: 'is missing' });
  return { primary, joliet, catalogue };
}

/** Joliet: an escape sequence `%/@`, `%/C` or `%/E` at byte 88. */
function isJoliet(bytes: Uint8Array): boolean {
  return /^%\/[@CE]/.test(readText(bytes, 88, 32));
}

function readWideText(bytes: Uint8Array, offset: number, length: number): string {
  return decodeUtf16(bytes.subarray(offset, offset + length)).replace(/[\0 ]+$/, '');
}

function parseVolume(bytes: Uint8Array, text: typeof readText): Volume {
  const blockSize = readU16(bytes, 128);
  if (blockSize !== BLOCK)
    throw isoFailure('broken', { what: 'the block size', why: `is ${blockSize} instead of ${BLOCK}` });
  const root = parseRecord(bytes.subarray(156, 190), 0);
  if (root === undefined || !root.isDirectory) {
    throw isoFailure('broken', { what: 'the root directory record', why: 'is not one of a directory' });
  }
  return {
    systemId: text(bytes, 8, 32),
    volumeId: text(bytes, 40, 32),
    publisher: text(bytes, 318, 128),
    preparer: text(bytes, 446, 128),
    application: text(bytes, 574, 128),
    blocks: readU32(bytes, 80),
    modified: readText(bytes, 830, 16),
    root,
  };
}

function parseBootRecord(bytes: Uint8Array): number | undefined {
  return readText(bytes, 7, 32) === 'EL TORITO SPECIFICATION' ? readU32(bytes, 71) : undefined;
}
