import { statSync } from 'node:fs';
import { findXlLockFile, parseFileLocks } from '../../host/file-locks.ts';
import { makeIssue } from '../../report/codes.ts';
import type { Issue } from '../../report/issue.ts';
import { pathExists, readTextFile } from '../files.ts';
import { pause } from '../time.ts';

/** Where xl keeps its lock, and how long another `xl create` may take before it counts as stuck. Milliseconds. */
export interface XlLockPlaces {
  readonly config: string;
  readonly patienceMs: number;
}

export const XL_LOCK_PLACES: XlLockPlaces = { config: '/etc/xen/xl.conf', patienceMs: 60_000 };
const POLL_MS = 500;

/**
 * Whether `xl create` would wait: one xl at a time creates a domain, and waits for the others' lock without an end
 * (xl_utils.c, F_SETLKW). A holder that stays is named; the lock itself goes with its process, so the file is never stale.
 */
export async function checkXlLock(places: XlLockPlaces): Promise<Issue[]> {
  const path = findXlLockFile(pathExists(places.config) ? readTextFile(places.config) : undefined);
  const first = findHolder(path);
  const end = Date.now() + places.patienceMs;
  let holder = first;
  while (holder !== undefined && holder === first) {
    if (Date.now() >= end) {
      const seconds = Math.round(places.patienceMs / 1000);
      return [makeIssue('RL1180', { path, pid: holder, command: readCommand(holder), seconds })];
    }
    await pause(POLL_MS);
    holder = findHolder(path);
  }
  return [];
}

/** The process that has the file locked for writing. */
function findHolder(path: string): number | undefined {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return undefined;
  // As glibc packs a device's number (sys/sysmacros.h); JavaScript's shifts end at 32 bits, and so do Linux's numbers.
  const major = (file.dev >>> 8) & 0xfff;
  const minor = (file.dev & 0xff) | ((file.dev >>> 12) & 0xfff00);
  return parseFileLocks(readTextFile('/proc/locks')).find(
    (lock) =>
      lock.mode === 'WRITE' && lock.inode === file.ino && lock.major === major && lock.minor === minor,
  )?.pid;
}

function readCommand(pid: number): string {
  try {
    return readTextFile(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  } catch {
    return 'it has just ended';
  }
}
