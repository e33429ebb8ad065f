import { refuse, requireCommandLine, requireMatch, requirePath, requireUuid } from './refuse.ts';

/** A kernel in the guest's root filesystem. Paths are absolute inside it, as /boot/vmlinuz-6.1.0-1-amd64. */
export interface GrubKernel {
  readonly version: string;
  readonly kernel: string;
  readonly initrd: string;
}

export interface GrubConfigRequest {
  /** The filesystem that holds /boot. */
  readonly rootUuid: string;
  /** In any order: the newest becomes the default. */
  readonly kernels: readonly GrubKernel[];
  /** All that follows the kernel; `root=UUID=… ro` is put in front when it names no root. */
  readonly commandLine: string;
  /** Whether the menu shows on ttyS0. Off for PV and PVH, whose console is Xen's. */
  readonly serial: boolean;
  /** Default: ext4. */
  readonly filesystem?: 'ext4' | 'xfs';
}

const SERIAL = [
  'serial --unit=0 --speed=115200',
  'terminal_input serial console',
  'terminal_output serial console',
];

/**
 * Writes /boot/grub/grub.cfg for any of GRUB's platforms (x86_64-xen, i386-xen_pvh, i386-pc, x86_64-efi). It has no
 * functions, conditions or submenus, since pygrub's parser (GrubConf.py) reads lines, not GRUB script; a blank must
 * stand between a title's quote and its brace.
 * @throws Failure RL0901 for a value that is syntax to GRUB, and for a guest without kernels.
 */
export function renderGrubConfig(request: GrubConfigRequest): string {
  const uuid = requireUuid('a root UUID', request.rootUuid);
  if (request.kernels.length === 0) refuse('a boot menu', [], 'given with at least one kernel');
  const kernels = [...request.kernels].sort((a, b) => compareVersions(b.version, a.version));
  const commandLine = completeCommandLine(request.commandLine, uuid);
  return [
    '# Written by relight. A kernel upgrade lets update-grub write it anew.',
    'set default=0',
    'set timeout=1',
    'insmod part_gpt',
    `insmod ${request.filesystem === 'xfs' ? 'xfs' : 'ext2'}`,
    ...(request.serial ? SERIAL : []),
    `search --no-floppy --fs-uuid --set=root ${uuid}`,
    ...kernels.map((kernel) => renderEntry(kernel, commandLine)),
    '',
  ].join('\n');
}

function renderEntry(kernel: GrubKernel, commandLine: string): string {
  const version = requireMatch(
    'a kernel version',
    kernel.version,
    /^[A-Za-z0-9][A-Za-z0-9.+~_-]*$/,
    'a plain word',
  );
  return [
    '',
    `menuentry 'Debian GNU/Linux, with Linux ${version}' {`,
    `    linux ${requirePath('a kernel', kernel.kernel)} ${commandLine}`,
    `    initrd ${requirePath('an initrd', kernel.initrd)}`,
    '}',
  ].join('\n');
}

function completeCommandLine(commandLine: string, uuid: string): string {
  requireCommandLine(commandLine);
  if (/(^| )root=/.test(commandLine)) return commandLine;
  return `root=UUID=${uuid} ro ${commandLine}`.trimEnd();
}

/**
 * Orders kernel versions: runs of digits by value, the rest by code units, `~` before everything (deb-version(7), as
 * far as kernel names go). Negative when `a` is older.
 */
export function compareVersions(a: string, b: string): number {
  const split = (text: string) => text.match(/\d+|\D/g) ?? [];
  const [left, right] = [split(a), split(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = compareParts(left[index], right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === '~' || b === '~') return a === '~' ? -1 : 1;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : 1;
}
