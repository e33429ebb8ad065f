import { EXIT, Failure } from '../report/failure.ts';
import { refuse, requireUuid } from './refuse.ts';

/** Identifiers of the root disk. The caller derives them, so that a layout is the same each time it is written. */
export interface RootDiskRequest {
  readonly sizeBytes: number;
  readonly diskUuid: string;
  readonly biosUuid: string;
  readonly rootUuid: string;
  /** Makes an EFI system partition when given. */
  readonly espUuid?: string;
}

/** Where the partitions of the root disk lie, in bytes from its start. */
export interface RootDiskLayout {
  readonly rootOffset: number;
  readonly rootSize: number;
  /** The BIOS boot partition: GRUB's core image goes to its first sector. */
  readonly biosOffset: number;
  readonly biosSize: number;
  readonly espOffset: number | undefined;
  readonly espSize: number | undefined;
}

const SECTOR = 512;
const MEBIBYTE = 1024 * 1024;
const BIOS_SIZE = MEBIBYTE;
const ESP_SIZE = 64 * MEBIBYTE;
/** The second copy of the table: 32 sectors of entries and one of header (UEFI specification, 5.3). */
const BACKUP_SIZE = 33 * SECTOR;
const SMALLEST_ROOT = 64 * MEBIBYTE;

/** Partition types of GPT. The root type is that of x86-64 in the Discoverable Partitions Specification. */
const TYPES = {
  bios: '21686148-6449-6E6F-744E-656564454649',
  esp: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  root: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
} as const;

/** Partition numbers, as on Debian's cloud images: the root is 1 and last, so that it can grow. */
const NUMBERS = { root: 1, bios: 14, esp: 15 } as const;

/**
 * Lays out a root disk: BIOS boot, perhaps an EFI system partition, and the root, which takes the rest. Everything
 * starts and ends on a mebibyte.
 * @throws Failure RL0905 when the disk is too small, RL0901 when its size is no whole number of sectors.
 */
export function layOutRootDisk(sizeBytes: number, hasEsp: boolean): RootDiskLayout {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0 || sizeBytes % SECTOR !== 0) {
    refuse('a disk size', sizeBytes, 'a whole number of 512-byte sectors');
  }
  const espOffset = MEBIBYTE + BIOS_SIZE;
  const rootOffset = espOffset + (hasEsp ? ESP_SIZE : 0);
  const rootEnd = Math.floor((sizeBytes - BACKUP_SIZE) / MEBIBYTE) * MEBIBYTE;
  const rootSize = rootEnd - rootOffset;
  if (rootSize < SMALLEST_ROOT) {
    const least = (rootOffset + SMALLEST_ROOT) / MEBIBYTE + 1;
    throw new Failure(
      EXIT.invalid,
      'RL0905',
      `a root disk of ${sizeBytes} bytes is too small`,
      `give it ${least}MiB or more`,
    );
  }
  return {
    rootOffset,
    rootSize,
    biosOffset: MEBIBYTE,
    biosSize: BIOS_SIZE,
    espOffset: hasEsp ? espOffset : undefined,
    espSize: hasEsp ? ESP_SIZE : undefined,
  };
}

/** Writes the script for sfdisk(8) that makes the layout, with every identifier given. @throws Failure RL0901, RL0905 */
export function renderSfdiskScript(request: RootDiskRequest): string {
  const { espUuid } = request;
  const layout = layOutRootDisk(request.sizeBytes, espUuid !== undefined);
  return [
    'label: gpt\n',
    `label-id: ${encodeUuid(request.diskUuid)}\n`,
    'unit: sectors\n',
    'sector-size: 512\n',
    '\n',
    renderPartition('bios', layout.biosOffset, layout.biosSize, request.biosUuid),
    ...(espUuid === undefined
      ? []
      : [renderPartition('esp', layout.espOffset ?? 0, layout.espSize ?? 0, espUuid)]),
    renderPartition('root', layout.rootOffset, layout.rootSize, request.rootUuid),
  ].join('');
}

function renderPartition(kind: keyof typeof TYPES, offset: number, size: number, uuid: string): string {
  const fields = [
    `start=${offset / SECTOR}`,
    `size=${size / SECTOR}`,
    `type=${TYPES[kind]}`,
    `uuid=${encodeUuid(uuid)}`,
  ];
  return `${NUMBERS[kind]} : ${fields.join(', ')}, name="${kind}"\n`;
}

function encodeUuid(uuid: string): string {
  return requireUuid('a partition UUID', uuid).toUpperCase();
}
