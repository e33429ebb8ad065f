/** A lock by fcntl(2) or flock(2) that a process holds, as /proc/locks lists it (proc_locks(5)). */
export interface FileLock {
  readonly kind: 'POSIX' | 'FLOCK' | 'OFDLCK';
  readonly mode: 'READ' | 'WRITE';
  readonly pid: number;
  readonly major: number;
  readonly minor: number;
  readonly inode: number;
}

/** Reads /proc/locks. Lines of processes that wait (`->`) are left out. */
export function parseFileLocks(text: string): FileLock[] {
  const pattern =
    /^\d+: (POSIX|FLOCK|OFDLCK)\s+\S+\s+(READ|WRITE)\s+(-?\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm;
  return [...text.matchAll(pattern)].map(([, kind, mode, pid, major = '', minor = '', inode]) => ({
    kind: kind as FileLock['kind'],
    mode: mode as FileLock['mode'],
    pid: Number(pid),
    major: Number.parseInt(major, 16),
    minor: Number.parseInt(minor, 16),
    inode: Number(inode),
  }));
}

/** Where Debian's xl has its lock unless xl.conf(5) says otherwise (XL_LOCK_FILE; /var/lock is a link to here). */
const DEFAULT_XL_LOCK = '/run/lock/xl';

/** The file that `xl create` locks. @param config the text of /etc/xen/xl.conf, or undefined when there is none */
export function findXlLockFile(config: string | undefined): string {
  const found = /^[ \t]*lockfile[ \t]*=[ \t]*(["'])(\/[^"'\n]+)\1/m.exec(config ?? '');
  return found?.[2] ?? DEFAULT_XL_LOCK;
}
