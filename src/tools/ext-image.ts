/**
 * The features of an image's filesystem, all named, so that no mke2fs.conf of the machine has a say. Those of Debian 12;
 * metadata_csum_seed and orphan_file of later ones are left out, since the GRUB of Debian 12 does not read them.
 */
const FEATURES = [
  ...[
    'none',
    'has_journal',
    'ext_attr',
    'resize_inode',
    'dir_index',
    'filetype',
    'extent',
    '64bit',
    'flex_bg',
  ],
  ...['sparse_super', 'large_file', 'huge_file', 'dir_nlink', 'extra_isize', 'metadata_csum'],
].join(',');

export const IMAGE_BLOCK = 4096;
const MEBIBYTE = 1024 * 1024;
const BYTES_PER_INODE = 16_384;
const JOURNAL_MIB = 32;
/** A block group: filesystems are made of whole ones. */
const GROUP = 128 * MEBIBYTE;

/** Bytes of a filesystem that a tree fits into: its blocks, the tables, and a tenth to spare. */
export function chooseFilesystemSize(dataBytes: number, entries: number): number {
  const tables = entries * 512;
  const wanted = Math.max(
    (dataBytes + tables) * 1.1 + (JOURNAL_MIB + 32) * MEBIBYTE,
    entries * 1.1 * BYTES_PER_INODE,
  );
  return Math.ceil(wanted / GROUP) * GROUP;
}

/** argv of mke2fs(8) for an empty filesystem in a file, the same on every machine. */
export function buildImageFormatArgv(image: string, size: number, uuid: string): string[] {
  return [
    ...[
      'mke2fs',
      '-q',
      '-F',
      '-t',
      'ext4',
      '-b',
      String(IMAGE_BLOCK),
      '-I',
      '256',
      '-i',
      String(BYTES_PER_INODE),
    ],
    ...['-O', FEATURES, '-J', `size=${JOURNAL_MIB}`, '-m', '5', '-e', 'continue'],
    ...['-U', uuid, '-L', 'root'],
    ...['-E', `hash_seed=${uuid},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0`],
    image,
    String(size / IMAGE_BLOCK),
  ];
}

/** libext2fs takes its clock from here: E2FSPROGS_FAKE_TIME, and from 1.47.1 on SOURCE_DATE_EPOCH too. */
export function fixFilesystemClock(epoch: number): Record<string, string> {
  return { E2FSPROGS_FAKE_TIME: String(epoch), SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC' };
}

/** argv of e2fsck(8) that only looks. */
export function buildFilesystemCheckArgv(image: string): string[] {
  return ['e2fsck', '-f', '-n', image];
}

/** argv of tune2fs(8) that gives a filesystem at an offset of a disk another UUID. */
export function buildSetUuidArgv(device: string, offset: number, uuid: string): string[] {
  return ['tune2fs', '-U', uuid, `${device}?offset=${offset}`];
}

/**
 * Detached while it is open, a loop device goes by itself with its last user, also when that is killed (losetup(8)).
 * resize2fs cuts a plain file at the filesystem's end, whatever the offset: it is never given one.
 */
const GROW_SCRIPT = [
  'set -e',
  'loop=$(losetup --find --show --offset "$2" --sizelimit "$3" -- "$1")',
  'exec 9<"$loop"',
  'losetup --detach "$loop"',
  'resize2fs "$loop"',
].join('\n');

/** argv that grows a filesystem at an offset of a disk to a size in bytes, by resize2fs(8). */
export function buildGrowArgv(device: string, offset: number, size: number): string[] {
  return ['sh', '-c', GROW_SCRIPT, 'relight', device, String(offset), String(size)];
}

/** argv of dumpe2fs(8): the groups of a filesystem with their free blocks. */
export function buildDumpArgv(image: string): string[] {
  return ['dumpe2fs', image];
}

/** Finds the free blocks in the output of dumpe2fs(8), as runs in ascending order. */
export function parseFreeBlocks(output: string): [start: number, count: number][] {
  const runs: [number, number][] = [];
  for (const [, list = ''] of output.matchAll(/^ {2}Free blocks: (.*)$/gm)) {
    for (const part of list.split(', ')) {
      const match = /^(\d+)(?:-(\d+))?$/.exec(part);
      if (match === null) continue;
      const start = Number(match[1]);
      runs.push([start, Number(match[2] ?? start) - start + 1]);
    }
  }
  return runs;
}
