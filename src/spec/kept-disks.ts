import { type IssuePlace, makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import type { SpecPath } from './locate.ts';
import { formatSize } from './size.ts';
import type { GuestSpec } from './types.ts';

/** LVM rounds a size up to whole extents, which are 4 MiB unless the volume group says otherwise (vgcreate(8), -s). */
const DEFAULT_EXTENT_BYTES = 4 * 1024 ** 2;

export interface KeptDiskFacts {
  /** The sizes in bytes of the kept disks that exist on this machine, by the disk's name. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly extentBytes?: number;
  /** Where a value of this guest was written: `placeOf` of the parsed site. */
  readonly placeOf?: (path: SpecPath) => IssuePlace;
}

/** A kept disk is never changed, so its size in the spec must be the size that it has. A disk that is absent is made. */
export function checkKeptDiskSizes(guest: GuestSpec, facts: KeptDiskFacts): readonly Issue[] {
  const extentBytes = facts.extentBytes ?? DEFAULT_EXTENT_BYTES;
  return guest.disks.flatMap((disk) => {
    const actual = facts.sizes.get(disk.name);
    if (!disk.keep || actual === undefined) return [];
    const rounding = actual - disk.sizeBytes;
    if (rounding >= 0 && rounding < extentBytes) return [];
    const parameters = { name: disk.name, actual: formatSize(actual), wanted: formatSize(disk.sizeBytes) };
    return [makeIssue('RL3301', parameters, facts.placeOf?.(['disks', disk.name, 'size']))];
  });
}
