import { EXIT, Failure } from '../report/failure.ts';
import { checkName } from './lvm.ts';

/** argv of pvcreate(8). It asks before it wipes a signature, and takes no answer for a no. */
export const buildPvcreateArgv = (disk: string): string[] => ['pvcreate', checkDevice(disk)];

/** argv of pvcreate(8) that changes nothing and fails while a volume group has the disk. */
export const buildFreeTestArgv = (disk: string): string[] => ['pvcreate', '--test', checkDevice(disk)];

export const buildPvremoveArgv = (disk: string): string[] => ['pvremove', checkDevice(disk)];

export function buildVgcreateArgv(group: string, disk: string): string[] {
  return ['vgcreate', checkName('a volume group', group), checkDevice(disk)];
}

/** argv of vgremove(8): without --force it removes no group that has volumes. */
export function buildVgremoveArgv(group: string): string[] {
  return ['vgremove', checkName('a volume group', group)];
}

/** argv of lvcreate(8) for a thin pool that takes a part of the free space. */
export function buildLvcreatePoolArgv(group: string, pool: string, percent: number): string[] {
  const size = `${percent}%FREE`;
  const name = checkName('a thin pool', pool);
  return [
    'lvcreate',
    '--type',
    'thin-pool',
    '--extents',
    size,
    '--name',
    name,
    checkName('a volume group', group),
  ];
}

/** argv of lvremove(8) for a pool, only while no volume is in it. */
export function buildPoolRemoveArgv(group: string, pool: string): string[] {
  const path = `${checkName('a volume group', group)}/${checkName('a thin pool', pool)}`;
  return ['lvremove', '--yes', '--select', 'thin_count=0', path];
}

function checkDevice(path: string): string {
  if (/^\/dev\/[A-Za-z0-9][A-Za-z0-9/_.:-]*$/.test(path) && !path.includes('..')) return path;
  throw new Failure(EXIT.usage, 'RL1423', `${JSON.stringify(path)} is not the path of a disk below /dev`);
}
