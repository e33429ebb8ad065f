import type { BootMethod, GuestType } from '../spec/types.ts';
import { describeMeasured, findMeasured } from './boot-measured.ts';
import { findSuite, type SuiteRelease } from './suites.ts';

export const BOOT_METHODS = [
  'grub',
  'direct',
  'pygrub',
  'bios',
  'uefi',
] as const satisfies readonly BootMethod[];

/** One (guest type, boot method) pair that can work, with what it needs of the kernel. */
interface BootRow {
  readonly guest: GuestType;
  readonly boot: BootMethod;
  /** The kernel compressions that the loader unpacks; undefined: any. */
  readonly compressions?: readonly SuiteRelease['kernelCompression'][];
  readonly evidence: string;
}

/** The order within a guest type is the order of preference: the first possible row is the default. */
export const BOOT_ROWS: readonly BootRow[] = [
  {
    guest: 'pv',
    boot: 'grub',
    compressions: ['xz'],
    evidence: 'the PV loader of grub-xen has gzio, xzio and lzopio only; a zstd kernel stays in its menu',
  },
  {
    guest: 'pv',
    boot: 'direct',
    evidence: 'libxenguest unpacks xz and zstd',
  },
  { guest: 'pv', boot: 'pygrub', evidence: 'pygrub takes the kernel out of the disk in dom0' },
  {
    guest: 'pvh',
    boot: 'grub',
    evidence: 'grub-i386-xen_pvh.bin starts a kernel that unpacks itself',
  },
  { guest: 'pvh', boot: 'direct', evidence: 'xl.cfg(5): PVH guests boot directly' },
  {
    guest: 'pvh',
    boot: 'pygrub',
    evidence: 'xl.cfg(5): PVH guests boot directly or by the bootloader option',
  },
  { guest: 'hvm', boot: 'bios', evidence: 'xl.cfg(5): firmware="bios"' },
  { guest: 'hvm', boot: 'uefi', evidence: 'xl.cfg(5): firmware="uefi"' },
  { guest: 'hvm', boot: 'direct', evidence: 'xl.cfg(5): direct kernel boot of HVM guests' },
];

export interface BootVerdict {
  readonly possible: boolean;
  readonly evidence: string;
}

/**
 * Whether a guest type of a suite can boot by a method, and how that is known. What was tried on real Xen counts for
 * more than what the rows above say, which stand for what nobody has tried.
 */
export function judgeBoot(suite: string, guest: GuestType, boot: BootMethod): BootVerdict {
  const row = BOOT_ROWS.find((candidate) => candidate.guest === guest && candidate.boot === boot);
  if (row === undefined) {
    return { possible: false, evidence: `${guest} guests have no boot method ${boot}` };
  }
  const reasoned = judgeByRow(row, suite);
  const measured = findMeasured(suite, guest, boot);
  const decisive = measured.filter((found) => found.boots !== undefined);
  const possible = decisive.length === 0 ? reasoned.possible : decisive.some((found) => found.boots);
  const reason = possible === reasoned.possible ? [reasoned.evidence] : [];
  return { possible, evidence: [...reason, ...measured.map(describeMeasured)].join('; ') };
}

function judgeByRow(row: BootRow, suite: string): BootVerdict {
  const compression = findSuite(suite)?.kernelCompression;
  if (compression === undefined || row.compressions === undefined || row.compressions.includes(compression)) {
    return { possible: true, evidence: row.evidence };
  }
  return { possible: false, evidence: `${suite} has a kernel in ${compression}, and ${row.evidence}` };
}

/** The boot methods that work for a guest type of a suite, the preferred one first. */
export function listBootMethods(suite: string, guest: GuestType): readonly BootMethod[] {
  const methods = BOOT_ROWS.filter((row) => row.guest === guest).map((row) => row.boot);
  return methods.filter((boot) => judgeBoot(suite, guest, boot).possible);
}

/** The boot method of a guest that names none. */
export function chooseDefaultBoot(suite: string, guest: GuestType): BootMethod {
  return listBootMethods(suite, guest)[0] ?? 'direct';
}
