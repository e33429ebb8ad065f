import { LEAST_RAID_DISKS } from '../../release/raid-levels.ts';
import { isPlainMap } from '../document.ts';
import { listRaidNames, RAID_DISKS } from '../normalise/disks.ts';
import type { DiskAsWritten } from '../schema.ts';
import { parseSize } from '../size.ts';
import type { GuestSource } from '../sources.ts';
import { placeKey, placeValue } from '../sources.ts';
import type { GuestRule, Reporter } from './context.ts';

const GIB = 1024 ** 3;
/** xvda to xvdz. */
const MOST_DISKS = 26;

/** Directories that belong to the system: a kept disk there would hide it, or would be older than it after a rebuild. */
const SYSTEM_DIRECTORIES = new Set(
  '/ /bin /boot /dev /etc /lib /lib32 /lib64 /proc /root /run /sbin /sys /tmp /usr /usr/bin /usr/lib /usr/sbin /usr/share /var /var/lib /var/lib/dpkg /var/lib/apt /var/lib/systemd'.split(
    ' ',
  ),
);
const SYSTEM_TREES = [
  '/boot/',
  '/dev/',
  '/proc/',
  '/run/',
  '/sys/',
  '/etc/',
  '/var/lib/dpkg/',
  '/var/lib/apt/',
];

/** Root and swap are rebuilt; every other disk is kept and has a mount point of its own. */
export const checkDisks: GuestRule = (guest, _context, reporter) => {
  const { disks } = guest.written;
  if (disks === undefined) return;
  if (disks.root === undefined && !hasRawDisk(guest, 'root'))
    reporter.at(placeKey(guest, ['disks']), 'RL3002', {});
  const members = disks.root === undefined ? [] : listRaidNames(disks.root);
  if (Object.keys(disks).length + members.length > MOST_DISKS)
    reporter.at(placeKey(guest, ['disks']), 'RL3036', { limit: MOST_DISKS });
  for (const [name, disk] of Object.entries(disks)) {
    if (name === 'root') checkRoot(guest, disk, reporter);
    else if (name === 'swap') checkSwap(guest, disk, reporter);
    else checkData(guest, name, disk, reporter);
  }
  checkMounts(guest, disks, reporter);
  checkRaid(guest, disks, reporter);
};

/** A disk that has a wrong shape is there all the same. */
function hasRawDisk(guest: GuestSource, name: string): boolean {
  const raw = guest.document.data?.disks;
  return isPlainMap(raw) && Object.hasOwn(raw, name);
}

function checkRoot(guest: GuestSource, disk: DiskAsWritten, reporter: Reporter): void {
  const path = ['disks', 'root'];
  if (disk.keep === true) reporter.at(placeKey(guest, [...path, 'keep']), 'RL3003', {});
  if (disk.mount !== undefined && disk.mount !== '/') {
    reporter.at(placeValue(guest, [...path, 'mount']), 'RL3004', { value: disk.mount });
  }
  if (disk.filesystem === 'xfs') reporter.at(placeValue(guest, [...path, 'filesystem']), 'RL3011', {});
  checkKey(guest, disk, reporter);
  if ((parseSize(disk.size) ?? GIB) < GIB) {
    const parameters = { what: 'the root disk', minimum: '1GiB', value: disk.size };
    reporter.at(placeValue(guest, [...path, 'size']), 'RL3012', parameters);
  }
}

function checkRaid(
  guest: GuestSource,
  disks: Readonly<Record<string, DiskAsWritten>>,
  reporter: Reporter,
): void {
  const layout = disks.root?.layout;
  if (disks.root === undefined || typeof layout !== 'object' || !('raid' in layout)) return;
  const path = ['disks', 'root', 'layout'];
  const least = LEAST_RAID_DISKS[layout.raid];
  if (least === undefined) {
    reporter.at(placeValue(guest, [...path, 'raid']), 'RL1212', { value: layout.raid });
  } else if ((layout.disks ?? RAID_DISKS) < least) {
    reporter.at(placeValue(guest, [...path, layout.disks === undefined ? 'raid' : 'disks']), 'RL1213', {
      level: layout.raid,
      least,
    });
  }
  for (const name of listRaidNames(disks.root).filter((each) => Object.hasOwn(disks, each))) {
    reporter.at(placeKey(guest, ['disks', name]), 'RL1215', { name });
  }
}

/** An encrypted disk and its key belong together. */
function checkKey(guest: GuestSource, disk: DiskAsWritten, reporter: Reporter): void {
  if (disk.layout === 'luks' && disk.key === undefined) {
    reporter.at(placeValue(guest, ['disks', 'root', 'layout']), 'RL1216', {});
  } else if (disk.layout !== 'luks' && disk.key !== undefined) {
    reporter.at(placeKey(guest, ['disks', 'root', 'key']), 'RL1217', {});
  }
}

function checkSwap(guest: GuestSource, disk: DiskAsWritten, reporter: Reporter): void {
  for (const key of ['mount', 'filesystem', 'layout', 'key'] as const) {
    if (disk[key] !== undefined) reporter.at(placeKey(guest, ['disks', 'swap', key]), 'RL3005', { key });
  }
  if (disk.keep === true) reporter.at(placeKey(guest, ['disks', 'swap', 'keep']), 'RL3005', { key: 'keep' });
}

function checkData(guest: GuestSource, name: string, disk: DiskAsWritten, reporter: Reporter): void {
  const path = ['disks', name];
  if (disk.keep !== true) reporter.at(placeKey(guest, path), 'RL3006', { name });
  else if (disk.mount === undefined) reporter.at(placeKey(guest, path), 'RL3007', { name });
  if (disk.layout !== undefined) reporter.at(placeKey(guest, [...path, 'layout']), 'RL3009', {});
  if (disk.key !== undefined) reporter.at(placeKey(guest, [...path, 'key']), 'RL1217', {});
  if (disk.mount !== undefined && isSystemPlace(disk.mount)) {
    reporter.at(placeValue(guest, [...path, 'mount']), 'RL2134', { value: disk.mount });
  }
  // mkfs.xfs refuses less than 300 MiB.
  const minimum = disk.filesystem === 'xfs' ? '300MiB' : '16MiB';
  if ((parseSize(disk.size) ?? GIB) < (parseSize(minimum) ?? 0)) {
    const parameters = { what: `the disk "${name}"`, minimum, value: disk.size };
    reporter.at(placeValue(guest, [...path, 'size']), 'RL3012', parameters);
  }
}

function isSystemPlace(mount: string): boolean {
  return SYSTEM_DIRECTORIES.has(mount) || SYSTEM_TREES.some((tree) => mount.startsWith(tree));
}

function checkMounts(
  guest: GuestSource,
  disks: Readonly<Record<string, DiskAsWritten>>,
  reporter: Reporter,
): void {
  const owners = new Map<string, string>();
  for (const [name, disk] of Object.entries(disks)) {
    if (disk.mount === undefined || name === 'root' || name === 'swap') continue;
    const other = owners.get(disk.mount);
    if (other === undefined) {
      owners.set(disk.mount, name);
      continue;
    }
    const first = placeValue(guest, ['disks', other, 'mount']).position;
    const place = placeValue(guest, ['disks', name, 'mount']);
    const related = first === undefined ? [] : [{ position: first, message: 'the first' }];
    reporter.at({ ...place, related }, 'RL3008', { name, other, value: disk.mount });
  }
}
