import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';

/** A process that has the lock's file open. */
export interface HoldingProcess {
  readonly pid: number;
  /** The name of its program. */
  readonly command: string;
}

/**
 * The processes that share the open lock: those of /proc with the file open at the descriptor where flock locked it.
 * /proc/locks cannot say it: it names the `flock` program, which has ended. Processes of other users are seen by root only.
 */
export function findHolders(path: string, ownDescriptor?: number): HoldingProcess[] {
  const lock = statSync(path, { throwIfNoEntry: false });
  if (lock === undefined) return [];
  const holders: HoldingProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || (pid === process.pid && ownDescriptor !== undefined)) continue;
    if (hasOpenLocked(pid, lock)) holders.push({ pid, command: readCommand(pid) });
  }
  return holders;
}

/** The kernel marks the descriptors that carry a lock by a `lock:` line in fdinfo (proc(5)). */
function hasOpenLocked(pid: number, lock: Stats): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      const open = statSync(`/proc/${pid}/fd/${descriptor}`, { throwIfNoEntry: false });
      if (open?.ino !== lock.ino || open.dev !== lock.dev) return false;
      return /^lock:.*FLOCK/m.test(readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8'));
    });
  } catch {
    // It has ended meanwhile, or belongs to another user.
    return false;
  }
}

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'ended';
  }
}
