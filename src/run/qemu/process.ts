import { pathExists, readTextFile } from '../files.ts';

/** What identifies a process beyond its number, which the kernel uses again: its start time (proc(5), field 22). */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
}

/** Reads a process's start time; undefined when there is no such process. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const path = `/proc/${pid}/stat`;
  if (!pathExists(path)) return undefined;
  try {
    const text = readTextFile(path);
    // The command's name stands in parentheses and may hold blanks and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { pid, startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** Whether this very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startTicks === identity.startTicks;
}
