import type { BootMethod, GuestType } from '../spec/types.ts';
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
    evidence: 'libxenguest unpacks xz and zstd; a trixie guest booted so on Xen 4.20',
  },
  { guest: 'pv', boot: 'pygrub', evidence: 'a trixie guest booted so on Xen 4.20' },
  {
    guest: 'pvh',
    boot: 'grub',
    evidence:
      'grub-i386-xen_pvh.bin starts a kernel that unpacks itself; a trixie guest booted so on Xen 4.20',
  },
  { guest: 'pvh', boot: 'direct', evidence: 'a trixie guest booted so on Xen 4.20' },
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

/** Whether a guest type of a suite can boot by a method, and how that is known. */
export function judgeBoot(suite: string, guest: GuestType, boot: BootMethod): BootVerdict {
  const row = BOOT_ROWS.find((candidate) => candidate.guest === guest && candidate.boot === boot);
  if (row === undefined) {
    return { possible: false, evidence: `${guest} guests have no boot method ${boot}` };
  }
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
