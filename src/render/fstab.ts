import { refuse, requireMatch } from './refuse.ts';

/** A filesystem to mount, or swap space. */
export interface FstabEntry {
  readonly role: 'root' | 'swap' | 'data' | 'efi';
  /** As blkid prints it: 8-4-4-4-12 digits, or `ABCD-1234` for FAT. */
  readonly uuid: string;
  readonly filesystem: 'ext4' | 'xfs' | 'swap' | 'vfat';
  /** Undefined for swap. */
  readonly mount: string | undefined;
}

/** Two thirds of the default time that a start may take until its ready line. */
const DEVICE_SECONDS = 600;

const EARLY_SECONDS = 120;

/** How long a start may wait for a device, so that its ready line still comes in time to say what is missing. In seconds. */
export function chooseDeviceSeconds(readySeconds: number): number {
  return Math.max(120, Math.floor((readySeconds * 2) / 3));
}

/**
 * Writes fstab(5), the root filesystem first, then swap, then the rest by mount point. A missing data disk does not keep the
 * guest from coming up (nofail). Devices are waited for longer than systemd's 90 s: on a busy host udev may show them after
 * minutes, and a data disk that is given up stays unmounted. @throws Failure RL0901
 */
export function renderFstab(entries: readonly FstabEntry[], deviceSeconds = DEVICE_SECONDS): string {
  const rank = (entry: FstabEntry) => ['root', 'swap', 'efi', 'data'].indexOf(entry.role);
  const sorted = [...entries].sort((a, b) => rank(a) - rank(b) || compare(a.mount ?? '', b.mount ?? ''));
  return `# Written by relight.\n${sorted.map((entry) => renderEntry(entry, deviceSeconds)).join('')}`;
}

function renderEntry(entry: FstabEntry, deviceSeconds: number): string {
  const uuid = requireMatch(
    'a filesystem UUID',
    entry.uuid,
    /^[0-9A-Fa-f]+(-[0-9A-Fa-f]+)+$/,
    'hexadecimal digits',
  );
  const fields = [
    `UUID=${uuid}`,
    encodeMount(entry),
    entry.filesystem,
    findOptions(entry, deviceSeconds),
    '0',
    String(findPass(entry)),
  ];
  return `${fields.join(' ')}\n`;
}

/** Blanks and backslashes are spelled in octal (getmntent(3)). */
function encodeMount(entry: FstabEntry): string {
  if (entry.filesystem === 'swap') return 'none';
  const mount = entry.mount ?? refuse('a mount point', entry.mount, 'given for a filesystem');
  const plain =
    /^\/[^\u0000-\u001f\u007f]*$/.test(mount) && !mount.split('/').some((part) => /^\.\.?$/.test(part));
  if (!plain) refuse('a mount point', mount, 'an absolute path without .. and control characters');
  return mount.replace(/[ \\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** The journal's directory is wanted before anything else: a boot without that disk, as the trial is, waits all the time. */
function isEarly(mount: string | undefined): boolean {
  return mount !== undefined && /^\/var\/log(\/|$)/.test(mount);
}

/** The root's device is waited for by the initramfs. systemd.mount(5) has the others' timeout. */
function findOptions(entry: FstabEntry, deviceSeconds: number): string {
  if (entry.role === 'root') return entry.filesystem === 'ext4' ? 'errors=remount-ro' : 'defaults';
  const own = { swap: 'sw', efi: 'umask=0077', data: 'defaults,nofail' }[entry.role];
  const seconds = isEarly(entry.mount) ? Math.min(EARLY_SECONDS, deviceSeconds) : deviceSeconds;
  return `${own},x-systemd.device-timeout=${seconds}s`;
}

/** XFS checks itself when it is mounted; fsck.xfs(8) does nothing. */
function findPass(entry: FstabEntry): 0 | 1 | 2 {
  if (entry.filesystem === 'swap' || entry.filesystem === 'xfs') return 0;
  return entry.role === 'root' || entry.role === 'efi' ? 1 : 2;
}

/** By code units, so that the order is the same under every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
