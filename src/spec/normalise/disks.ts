import type { DiskAsWritten } from '../schema.ts';
import { parseSize } from '../size.ts';
import type { DiskLayout, DiskSpec } from '../types.ts';

type RaidLevel = Extract<DiskLayout, { raid: unknown }>['raid'];

/** How many disks a RAID has when the spec does not say. */
export const RAID_DISKS = 2;

/** Disks in the order of the spec. The names `root` and `swap` are roles; every other disk holds data and is kept. */
export function normaliseDisks(disks: Readonly<Record<string, DiskAsWritten>>): readonly DiskSpec[] {
  return Object.entries(disks).flatMap(([name, disk]): DiskSpec[] => {
    const sizeBytes = parseSize(disk.size) ?? 0;
    if (name === 'root') return normaliseRoot(disk, sizeBytes);
    const rest = { name, sizeBytes, layout: 'plain' } as const;
    if (name === 'swap') {
      return [{ ...rest, role: 'swap', keep: false, mount: undefined, filesystem: 'swap' }];
    }
    const filesystem = disk.filesystem ?? 'ext4';
    return [{ ...rest, role: 'data', keep: true, mount: disk.mount, filesystem }];
  });
}

/** The root disk, and behind it the others of a RAID. */
function normaliseRoot(disk: DiskAsWritten, sizeBytes: number): DiskSpec[] {
  const layout = normaliseLayout(disk.layout);
  const shared = { role: 'root', sizeBytes, keep: false, layout, filesystem: 'ext4' } as const;
  const root: DiskSpec = { ...shared, name: 'root', mount: '/', ...normaliseKey(disk.key) };
  const others = listRaidNames(disk).map((name): DiskSpec => ({ ...shared, name, mount: undefined }));
  return [root, ...others];
}

function normaliseLayout(layout: DiskAsWritten['layout']): DiskLayout {
  if (typeof layout !== 'object' || !('raid' in layout)) return layout ?? 'plain';
  return { raid: layout.raid as RaidLevel };
}

function normaliseKey(key: DiskAsWritten['key']): Pick<DiskSpec, 'key'> {
  if (key?.file !== undefined) return { key: { kind: 'file', path: key.file, oneLine: true } };
  return key?.env === undefined ? {} : { key: { kind: 'env', name: key.env, oneLine: true } };
}

/** The names of the disks that make a RAID with `root`: `root2`, `root3`, ... */
export function listRaidNames({ layout }: DiskAsWritten): string[] {
  if (typeof layout !== 'object' || !('raid' in layout)) return [];
  const count = (layout.disks ?? RAID_DISKS) - 1;
  return Array.from({ length: count }, (_, index) => `root${index + 2}`);
}
