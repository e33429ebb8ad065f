import type { ByteSource } from './byte-source.ts';
import { readExactly } from './byte-source.ts';
import { readByte, readText, readU32 } from './numbers.ts';
import { isoFailure } from './problems.ts';

/** One field of a system use area: its two letters and what follows its four bytes of header (SUSP 1.12, 4.1). */
export interface SystemUseField {
  readonly signature: string;
  readonly data: Uint8Array;
}

const BLOCK = 2048;
const MOST_HOPS = 32;

/** Counts continuation areas over a whole walk, so that a hostile image cannot make it endless. */
export interface HopBudget {
  left: number;
}

/**
 * Reads the fields of a record's system use area, with those of its continuation areas (CE).
 * `skip` comes from the SP field of the root directory.
 * @throws Failure RL6003 for impossible lengths, RL6004 for too many continuations.
 */
export async function readSystemUse(
  source: ByteSource,
  area: Uint8Array,
  skip: number,
  budget: HopBudget,
): Promise<SystemUseField[]> {
  const fields: SystemUseField[] = [];
  let next = collectFields(area.subarray(Math.min(skip, area.length)), fields);
  for (let hops = 0; next !== undefined; hops += 1) {
    budget.left -= 1;
    if (hops >= MOST_HOPS || budget.left < 0)
      throw isoFailure('limit', { what: 'continuation areas for one file', limit: MOST_HOPS });
    const bytes = await readContinuation(source, next);
    next = collectFields(bytes, fields);
  }
  return fields;
}

interface Continuation {
  readonly block: number;
  readonly offset: number;
  readonly length: number;
}

async function readContinuation(source: ByteSource, area: Continuation): Promise<Uint8Array> {
  if (area.length > 16 * BLOCK || area.offset >= BLOCK) {
    throw isoFailure('broken', {
      what: 'a continuation area',
      why: `has the impossible length ${area.length}`,
    });
  }
  return readExactly(source, area.block * BLOCK + area.offset, area.length, 'a continuation area');
}

/** Adds the fields of one area; the last CE of it, if any, says where it goes on. */
function collectFields(area: Uint8Array, fields: SystemUseField[]): Continuation | undefined {
  let next: Continuation | undefined;
  let offset = 0;
  while (offset + 4 <= area.length) {
    const length = readByte(area, offset + 2);
    // Padding, or bytes of another protocol: what comes after them is not ours.
    if (length < 4 || offset + length > area.length) break;
    const signature = readText(area, offset, 2);
    const data = area.subarray(offset + 4, offset + length);
    if (signature === 'ST') break;
    if (signature === 'CE' && data.length >= 24) {
      next = { block: readU32(data, 0), offset: readU32(data, 8), length: readU32(data, 16) };
    } else {
      fields.push({ signature, data });
    }
    offset += length;
  }
  return next;
}
