import { readByte, readU32 } from './numbers.ts';
import { isoFailure } from './problems.ts';

/** A run of bytes of a file. `block` counts blocks of 2048 bytes, `length` bytes. */
export interface Extent {
  readonly block: number;
  readonly length: number;
}

/** A directory record as it lies on the medium (ECMA-119 9.1). */
export interface DirectoryRecord {
  readonly extent: Extent;
  readonly isDirectory: boolean;
  /** An associated file (a resource fork): hidden by everybody. */
  readonly isAssociated: boolean;
  /** The file goes on in the next record. */
  readonly isContinued: boolean;
  /** Seconds since 1970, UTC. */
  readonly modified: number;
  /** The identifier: one byte 0 for the directory itself, 1 for its parent. */
  readonly identifier: Uint8Array;
  readonly systemUse: Uint8Array;
}

/** The shortest record: 33 bytes and an identifier of one byte. */
const SHORTEST = 34;

/**
 * Reads the record at `offset` of a block. Undefined: no more records in this block.
 * @throws Failure RL6003 when its lengths are impossible.
 */
export function parseRecord(block: Uint8Array, offset: number): DirectoryRecord | undefined {
  const length = readByte(block, offset);
  if (length === 0) return undefined;
  if (length < SHORTEST || offset + length > block.length) {
    throw isoFailure('broken', { what: 'a directory record', why: `has the impossible length ${length}` });
  }
  const record = block.subarray(offset, offset + length);
  const nameLength = readByte(record, 32);
  const nameEnd = 33 + nameLength;
  if (nameLength === 0 || nameEnd > length) {
    throw isoFailure('broken', {
      what: 'a directory record',
      why: `has a name of the impossible length ${nameLength}`,
    });
  }
  // An extended attribute record comes before the data; its blocks count from the extent's start.
  const block0 = readU32(record, 2) + readByte(record, 1);
  const flags = readByte(record, 25);
  return {
    extent: { block: block0, length: readU32(record, 10) },
    isDirectory: (flags & 0x02) !== 0,
    isAssociated: (flags & 0x04) !== 0,
    isContinued: (flags & 0x80) !== 0,
    modified: parseShortDate(record.subarray(18, 25)),
    identifier: record.subarray(33, nameEnd),
    // A padding byte makes the name field even.
    systemUse: record.subarray(Math.min(nameEnd + ((nameLength + 1) % 2), length)),
  };
}

/** Seven bytes: year since 1900, month, day, hour, minute, second, zone in quarters of an hour (9.1.5). */
export function parseShortDate(bytes: Uint8Array): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, zone = 0] = bytes;
  const offset = zone > 127 ? zone - 256 : zone;
  return Date.UTC(1900 + year, month - 1, day, hour, minute, second) / 1000 - offset * 900;
}
