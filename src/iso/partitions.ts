import { type ByteSource, readExactly } from './byte-source.ts';
import { crc32 } from './crc32.ts';
import { readByte, readText, readU16, readU16Big, readU32, readU32Big, readU64 } from './numbers.ts';

export type PartitionTable = 'mbr' | 'gpt' | 'apm';

/** A partition of an isohybrid image; `start` and `length` in bytes. */
export interface Partition {
  readonly table: PartitionTable;
  readonly number: number;
  readonly start: number;
  readonly length: number;
  /** Two hex digits (MBR), a GUID (GPT), or a word (APM). */
  readonly type: string;
  readonly isActive: boolean;
}

/** What makes an image bootable as a disk, as found, with what is wrong with it. */
export interface Partitions {
  /** The MBR has boot code, not only a table. */
  readonly hasBootCode: boolean;
  /** ISOLINUX's isohybrid code loads this sector of 512 bytes. */
  readonly isohybridSector: number | undefined;
  readonly partitions: readonly Partition[];
  readonly problems: readonly string[];
}

const SECTOR = 512;
/** Bytes; a usual one has 128 or 208 entries of 128. */
const LARGEST_ARRAY = 1024 * 4096;

/** Reads MBR, GPT and Apple partition map out of the system area. */
export async function readPartitions(source: ByteSource): Promise<Partitions> {
  const area = await readExactly(source, 0, 32 * 1024, 'the system area');
  const problems: string[] = [];
  const mbr = readMbr(area);
  const gpt = await readGpt(source, area, problems);
  const partitions = [...mbr, ...gpt, ...readApm(area)];
  for (const { table, number, start, length } of partitions) {
    if (start + length > source.size) {
      problems.push(`${table} partition ${number} ends after the image`);
    }
  }
  const isMbr = readU16(area, 510) === 0xaa55;
  return {
    hasBootCode: isMbr && area.subarray(0, 440).some((byte) => byte !== 0),
    isohybridSector: isMbr ? findIsohybrid(area) : undefined,
    partitions,
    problems,
  };
}

/** isohybrid's MBR code keeps the sector of isolinux.bin in byte 432 and names ISOLINUX in its messages. */
function findIsohybrid(area: Uint8Array): number | undefined {
  const sector = readU64(area, 432);
  return /isolinux\.bin/.test(readText(area, 0, 440)) && sector > 0 ? sector : undefined;
}

function readMbr(area: Uint8Array): Partition[] {
  if (readU16(area, 510) !== 0xaa55) return [];
  const found: Partition[] = [];
  for (let index = 0; index < 4; index += 1) {
    const offset = 446 + index * 16;
    const length = readU32(area, offset + 12) * SECTOR;
    if (length === 0) continue;
    found.push({
      table: 'mbr',
      number: index + 1,
      start: readU32(area, offset + 8) * SECTOR,
      length,
      type: readByte(area, offset + 4)
        .toString(16)
        .padStart(2, '0'),
      isActive: readByte(area, offset) === 0x80,
    });
  }
  return found;
}

async function readGpt(source: ByteSource, area: Uint8Array, problems: string[]): Promise<Partition[]> {
  const header = area.subarray(SECTOR, 2 * SECTOR);
  if (readText(header, 0, 8) !== 'EFI PART') return [];
  const size = readU32(header, 12);
  if (size < 92 || size > SECTOR || gptSum(header, size) !== readU32(header, 16)) {
    problems.push('the GPT header has a wrong checksum');
    return [];
  }
  const count = readU32(header, 80);
  const width = readU32(header, 84);
  const start = readU64(header, 72) * SECTOR;
  if (count > 1024 || width < 128 || width > 4096 || !(start + count * width <= source.size)) {
    problems.push('the GPT has an impossible array of entries');
    return [];
  }
  const array = await readExactly(source, start, count * width, 'the GPT');
  const sum = crc32(array);
  if (sum !== readU32(header, 88)) problems.push('the GPT entries have a wrong checksum');
  await checkBackup(source, readU64(header, 32) * SECTOR, sum, problems);
  return readGptEntries(array, count, width);
}

function readGptEntries(array: Uint8Array, count: number, width: number): Partition[] {
  const found: Partition[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = array.subarray(index * width, (index + 1) * width);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const start = readU64(entry, 32) * SECTOR;
    const length = (readU64(entry, 40) + 1) * SECTOR - start;
    found.push({ table: 'gpt', number: index + 1, start, length, type: formatGuid(entry), isActive: false });
  }
  return found;
}

/** The copy of the GPT: its header lies in the last sector, and says the same of the entries as the first one. */
async function checkBackup(
  source: ByteSource,
  offset: number,
  arraySum: number,
  problems: string[],
): Promise<void> {
  if (!(offset + SECTOR <= source.size)) {
    problems.push("the GPT's backup lies after the end of the image");
    return;
  }
  const backup = await readExactly(source, offset, SECTOR, "the GPT's backup");
  const size = readU32(backup, 12);
  if (readText(backup, 0, 8) !== 'EFI PART') problems.push("the GPT's backup is missing");
  else if (size < 92 || size > SECTOR || gptSum(backup, size) !== readU32(backup, 16)) {
    problems.push("the header of the GPT's backup has a wrong checksum");
  } else if (readU64(backup, 24) * SECTOR !== offset || readU64(backup, 32) !== 1) {
    problems.push("the GPT's backup names another place than its own");
  } else await checkBackupEntries(source, backup, arraySum, problems);
}

async function checkBackupEntries(
  source: ByteSource,
  backup: Uint8Array,
  arraySum: number,
  problems: string[],
): Promise<void> {
  const start = readU64(backup, 72) * SECTOR;
  const length = readU32(backup, 80) * readU32(backup, 84);
  if (length > LARGEST_ARRAY || !(start + length <= source.size)) {
    problems.push("the GPT's backup has an impossible array of entries");
    return;
  }
  const sum = crc32(await readExactly(source, start, length, "the GPT's backup"));
  if (sum !== readU32(backup, 88)) problems.push("the entries of the GPT's backup have a wrong checksum");
  else if (sum !== arraySum) problems.push('the GPT and its backup differ');
}

/** The checksum of a header is taken with its own field (bytes 16 to 19) zero. */
function gptSum(header: Uint8Array, size: number): number {
  const copy = header.slice(0, size);
  copy.fill(0, 16, 20);
  return crc32(copy);
}

/** The first three groups of a GUID are little-endian. */
function formatGuid(entry: Uint8Array): string {
  const hex = (from: number, to: number, reverse: boolean) => {
    const bytes = [...entry.subarray(from, to)];
    return (reverse ? bytes.reverse() : bytes).map((byte) => byte.toString(16).padStart(2, '0')).join('');
  };
  return [hex(0, 4, true), hex(4, 6, true), hex(6, 8, true), hex(8, 10, false), hex(10, 16, false)].join('-');
}

/** An Apple partition map: its blocks are as large as block 0 says, 2048 bytes on hybrid images. */
function readApm(area: Uint8Array): Partition[] {
  const block = readU16Big(area, 2);
  if (readText(area, 0, 2) !== 'ER' || block < SECTOR || block > 8192) return [];
  const found: Partition[] = [];
  let count = 1;
  for (let index = 1; index <= count && (index + 1) * block <= area.length; index += 1) {
    const entry = area.subarray(index * block, index * block + SECTOR);
    if (readText(entry, 0, 2) !== 'PM') break;
    count = Math.min(readU32Big(entry, 4), 63);
    const start = readU32Big(entry, 8) * block;
    const length = readU32Big(entry, 12) * block;
    const type = readText(entry, 48, 32).replace(/\0.*/s, '');
    found.push({ table: 'apm', number: index, start, length, type, isActive: false });
  }
  return found;
}
