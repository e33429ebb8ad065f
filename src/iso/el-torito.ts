import { readExactly } from './byte-source.ts';
import { BLOCK } from './descriptors.ts';
import type { IsoImage } from './image.ts';
import { readByte, readU16, readU32 } from './numbers.ts';
import { isoFailure } from './problems.ts';

export type BootPlatform = 'bios' | 'powerpc' | 'mac' | 'efi' | 'other';

/** One boot image of the El Torito catalogue. */
export interface BootEntry {
  readonly platform: BootPlatform;
  readonly isBootable: boolean;
  /** 0: none; 1 to 3 a floppy, 4 a hard disk is emulated. */
  readonly emulation: number;
  /** Where the boot image starts, in blocks of 2048 bytes. */
  readonly block: number;
  /** How much the firmware loads, in sectors of 512 bytes. */
  readonly sectors: number;
}

export interface BootCatalogue {
  readonly block: number;
  readonly entries: readonly BootEntry[];
}

const ENTRY = 32;
/** Entries of the largest catalogue that is read: sixteen blocks. */
const MOST_ENTRIES = (16 * BLOCK) / ENTRY;

/**
 * Reads the boot catalogue. Undefined: the image has no El Torito record.
 * @throws Failure RL6002 or RL6010.
 */
export async function readBootCatalogue(image: IsoImage): Promise<BootCatalogue | undefined> {
  const block = image.descriptors.catalogue;
  if (block === undefined) return undefined;
  const read = (index: number) =>
    readExactly(image.cached, block * BLOCK + index * ENTRY, ENTRY, 'the boot catalogue');
  const validation = await read(0);
  checkValidation(validation);
  const entries = [parseEntry(await read(1), platformOf(readByte(validation, 1)))];
  let index = 2;
  for (let isLast = false; !isLast; ) {
    if (index >= MOST_ENTRIES) throw isoFailure('limit', { what: 'boot entries', limit: MOST_ENTRIES });
    const header = await read(index);
    const kind = readByte(header, 0);
    if (kind !== 0x90 && kind !== 0x91) break;
    isLast = kind === 0x91;
    const platform = platformOf(readByte(header, 1));
    index += 1;
    for (let left = readU16(header, 2); left > 0 && index < MOST_ENTRIES; left -= 1) {
      const entry = await read(index);
      index += 1;
      entries.push(parseEntry(entry, platform));
      // Extension records (0x44) follow while bit 5 of their predecessor says so.
      for (let more = readByte(entry, 1) & 0x20; more !== 0 && index < MOST_ENTRIES; index += 1) {
        more = readByte(await read(index), 1) & 0x20;
      }
    }
  }
  return { block, entries };
}

/** The sixteen-bit words of the validation entry sum to zero, and it ends in 55 aa. */
function checkValidation(entry: Uint8Array): void {
  let sum = 0;
  for (let offset = 0; offset < ENTRY; offset += 2) sum += readU16(entry, offset);
  const isValid = readByte(entry, 0) === 1 && readU16(entry, 30) === 0xaa55 && (sum & 0xffff) === 0;
  if (!isValid) throw isoFailure('boot-record', { what: 'the boot catalogue has no valid first entry' });
}

function platformOf(id: number): BootPlatform {
  if (id === 0) return 'bios';
  if (id === 1) return 'powerpc';
  if (id === 2) return 'mac';
  return id === 0xef ? 'efi' : 'other';
}

function parseEntry(entry: Uint8Array, platform: BootPlatform): BootEntry {
  return {
    platform,
    isBootable: readByte(entry, 0) === 0x88,
    emulation: readByte(entry, 1) & 0x0f,
    block: readU32(entry, 8),
    sectors: readU16(entry, 6),
  };
}
