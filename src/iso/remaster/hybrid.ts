import { type ByteSource, readExactly } from '../byte-source.ts';
import { crc32 } from '../crc32.ts';
import { readByte, readText, readU16, readU32, readU64 } from '../numbers.ts';

/** What makes the partition tables of an isohybrid image describe the image at its new size. */
export interface HybridPatch {
  /** Bytes of the finished image; it is padded with zeros to there. */
  readonly size: number;
  readonly writes: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

const SECTOR = 512;
const AREA = 32 * 1024;
const MEBIBYTE = 1024 * 1024;
const MBR_TABLE = 446;
const LAST_CYLINDER = 1023;

/**
 * Works out how an image of `source` grows to at least `appended` bytes. Partition 1 of MBR and GPT is the image as a
 * whole; the backup of the GPT moves to the new end. Boot code and all other partitions stay.
 * Undefined: the tables are not those that xorriso and debian-cd write, so only a new image by xorriso is safe.
 */
export async function planHybrid(source: ByteSource, appended: number): Promise<HybridPatch | undefined> {
  const area = (await readExactly(source, 0, AREA, 'the system area')).slice();
  if (readU16(area, 510) !== 0xaa55) return { size: appended, writes: [] };
  const gpt = readGpt(area, source.size);
  if (gpt === 'strange' || readU32(area, MBR_TABLE + 8) !== 0 || !isWholeImage(area, source.size)) {
    return undefined;
  }
  // xorriso pads to whole cylinders of 64 heads and 32 sectors, which some firmware insists on.
  const unit = source.size % MEBIBYTE === 0 ? MEBIBYTE : 2048;
  const size = Math.ceil((appended + (gpt?.backupBytes ?? 0)) / unit) * unit;
  if (size / SECTOR > 0xffffffff) return undefined;
  writeMbr(area, source.size, size);
  const backup = gpt === undefined ? [] : writeGpt(area, gpt, size);
  return { size, writes: [{ offset: 0, bytes: area }, ...backup] };
}

function isWholeImage(area: Uint8Array, size: number): boolean {
  return readU32(area, MBR_TABLE + 12) === size / SECTOR;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function writeMbr(area: Uint8Array, before: number, size: number): void {
  view(area).setUint32(MBR_TABLE + 12, size / SECTOR, true);
  const end = [5, 6, 7].map((index) => readByte(area, MBR_TABLE + index));
  if (end.join() === encodeEnd(before).join()) area.set(encodeEnd(size), MBR_TABLE + 5);
}

/** The last head, sector and cylinder of an image of whole cylinders; the last that fits, beyond 1 GiB. */
function encodeEnd(size: number): number[] {
  const cylinder = Math.min(Math.ceil(size / MEBIBYTE) - 1, LAST_CYLINDER);
  return [63, 32 | ((cylinder >> 2) & 0xc0), cylinder & 0xff];
}

interface Gpt {
  readonly headerSize: number;
  readonly array: number;
  readonly arrayBytes: number;
  readonly width: number;
  /** Array and header at the end of the image. */
  readonly backupBytes: number;
}

/** The table in the system area; undefined when there is none, `strange` when it is not one of an isohybrid image. */
function readGpt(area: Uint8Array, size: number): Gpt | undefined | 'strange' {
  if (readText(area, SECTOR, 8) !== 'EFI PART') return undefined;
  const headerSize = readU32(area, SECTOR + 12);
  const array = readU64(area, SECTOR + 72) * SECTOR;
  const width = readU32(area, SECTOR + 84);
  const arrayBytes = readU32(area, SECTOR + 80) * width;
  const isUsual =
    headerSize === 92 &&
    width === 128 &&
    arrayBytes % SECTOR === 0 &&
    array >= 2 * SECTOR &&
    array + arrayBytes <= AREA &&
    readU64(area, SECTOR + 32) === size / SECTOR - 1 &&
    readU64(area, array + 32) === 0;
  return isUsual ? { headerSize, array, arrayBytes, width, backupBytes: arrayBytes + SECTOR } : 'strange';
}

/** Changes the table in `area` and hands back its copy for the end of the image. */
function writeGpt(area: Uint8Array, gpt: Gpt, size: number): HybridPatch['writes'] {
  const header = area.subarray(SECTOR, 2 * SECTOR);
  const entries = area.subarray(gpt.array, gpt.array + gpt.arrayBytes);
  const last = size / SECTOR - 1;
  const copy = last - gpt.arrayBytes / SECTOR;
  // Whole blocks of the image, as xorriso has it.
  view(entries).setBigUint64(40, BigInt(Math.floor(copy / 4) * 4 - 1), true);
  const fields = view(header);
  fields.setBigUint64(32, BigInt(last), true);
  fields.setBigUint64(48, BigInt(copy - 1), true);
  fields.setUint32(88, crc32(entries), true);
  seal(header, gpt.headerSize);
  const backup = new Uint8Array(gpt.backupBytes);
  backup.set(entries);
  const mirrored = backup.subarray(gpt.arrayBytes);
  mirrored.set(header);
  view(mirrored).setBigUint64(24, BigInt(last), true);
  view(mirrored).setBigUint64(32, 1n, true);
  view(mirrored).setBigUint64(72, BigInt(copy), true);
  seal(mirrored, gpt.headerSize);
  return [{ offset: copy * SECTOR, bytes: backup }];
}

/** The header's checksum counts its own field as zero. */
function seal(header: Uint8Array, size: number): void {
  view(header).setUint32(16, 0, true);
  view(header).setUint32(16, crc32(header.subarray(0, size)), true);
}
