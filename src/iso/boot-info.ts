import { BLOCK } from './descriptors.ts';
import { readU32 } from './numbers.ts';

/** `none`: the boot image has no table and needs none; `stale`: it names another place or content than its own. */
export type BootInfoState = 'none' | 'valid' | 'stale';

const TABLE_START = 8;
const SUMMED_FROM = 64;

/**
 * Compares the table that mkisofs -boot-info-table writes into bytes 8 to 63 of a boot image with the image itself:
 * block of the volume descriptor, block and length of the image, sum of its 32-bit words from byte 64 on.
 */
export function checkBootInfo(content: Uint8Array, block: number): BootInfoState {
  if (content.length < SUMMED_FROM) return 'none';
  const descriptor = readU32(content, TABLE_START);
  const ownBlock = readU32(content, TABLE_START + 4);
  const ownLength = readU32(content, TABLE_START + 8);
  const looksLikeTable = descriptor === 16 && (ownBlock === block || ownLength === content.length);
  if (!looksLikeTable) return 'none';
  const isValid =
    ownBlock === block &&
    ownLength === content.length &&
    readU32(content, TABLE_START + 12) === sumWords(content);
  return isValid ? 'valid' : 'stale';
}

function sumWords(content: Uint8Array): number {
  const padded = new Uint8Array(Math.ceil(content.length / 4) * 4);
  padded.set(content);
  let sum = 0;
  for (let offset = SUMMED_FROM; offset < padded.length; offset += 4)
    sum = (sum + readU32(padded, offset)) >>> 0;
  return sum;
}

/** The largest boot image with such a table that is checked, in bytes. GRUB's and ISOLINUX's have under 100 KiB. */
export const LARGEST_BOOT_INFO_IMAGE = 512 * BLOCK;
