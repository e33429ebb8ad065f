import { realpathSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { EXIT, Failure } from '../report/failure.ts';
import { pathExists, readTextFile, syncDirectory } from './files.ts';
import { type Runner, requireSuccess } from './runner.ts';

const REMOVAL_SECONDS = 600;

/**
 * Removes a tree that relight made. Absent is fine.
 * @throws Failure when the real path is not strictly below `below`, or when anything is mounted at or under it
 */
export async function removeWorkTree(runner: Runner, path: string, below: string): Promise<void> {
  if (!pathExists(path)) return;
  const real = resolveBelow(path, below);
  const mounted = listMounts().filter((point) => point === real || point.startsWith(real + sep));
  if (mounted.length > 0) {
    const hint = `unmount it first: umount ${mounted.at(-1)}`;
    throw new Failure(EXIT.failed, 'RL0612', `${path} is not removed: ${mounted[0]} is mounted there`, hint);
  }
  // rm removes relative to opened directories, follows no link, and stays on one file system.
  const argv = ['rm', '-rf', '--one-file-system', '--', real];
  requireSuccess(await runner.run({ argv, deadlineSeconds: REMOVAL_SECONDS }));
  syncDirectory(dirname(real));
}

/** The real place of a path whose last part may be a link: its directory resolved, its name kept. */
export function resolveBelow(path: string, below: string): string {
  const root = realpathSync(below);
  const name = basename(path);
  const real = join(realpathSync(dirname(path)), name);
  if (name !== '..' && real.startsWith(root === sep ? sep : root + sep) && real !== root) return real;
  throw new Failure(EXIT.failed, 'RL0611', `${path} is refused: it does not lie below ${below}`);
}

/** The mount points of this process, in the order of mounting. */
export function listMounts(): string[] {
  return parseMountPoints(readTextFile('/proc/self/mountinfo'));
}

/** Reads /proc/self/mountinfo (proc(5)): the fifth field is the mount point, with octal escapes. */
export function parseMountPoints(mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((field): field is string => field !== undefined)
    .map((field) =>
      field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    );
}
