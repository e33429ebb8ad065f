import type { DiskAsWritten } from '../schema.ts';
import { parseSize } from '../size.ts';
import type { DiskSpec } from '../types.ts';

/** Disks in the order of the spec. The names `root` and `swap` are roles; every other disk holds data and is kept. */
export function normaliseDisks(disks: Readonly<Record<string, DiskAsWritten>>): readonly DiskSpec[] {
  return Object.entries(disks).map(([name, disk]) => {
    const sizeBytes = parseSize(disk.size) ?? 0;
    if (name === 'root') {
      const layout = disk.layout ?? 'plain';
      return { name, role: 'root', sizeBytes, keep: false, layout, mount: '/', filesystem: 'ext4' };
    }
    if (name === 'swap') {
      return {
        name,
        role: 'swap',
        sizeBytes,
        keep: false,
        layout: 'plain',
        mount: undefined,
        filesystem: 'swap',
      };
    }
    const filesystem = disk.filesystem ?? 'ext4';
    return { name, role: 'data', sizeBytes, keep: true, layout: 'plain', mount: disk.mount, filesystem };
  });
}
