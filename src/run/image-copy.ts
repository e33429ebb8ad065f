import { constants } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { isoFailure } from '../iso/problems.ts';
import { type Runner, requireSuccess } from './runner.ts';

export interface CopyRequest {
  readonly input: string;
  /** Does not exist yet, in a directory that nobody else may enter: the copy gets the input's mode. */
  readonly target: string;
  /** The caller syncs it in the end: the disk begins with it during the copy. */
  readonly sync: boolean;
}

/** For any image that one writes to a stick. */
const DEADLINE_SECONDS = 3600;
/** Milliseconds. */
const SYNC_PAUSE = 30;

/** Makes the copy share all its blocks with the input, which takes no time; false where the filesystem cannot do that. */
export async function cloneImage({ input, target }: CopyRequest): Promise<boolean> {
  try {
    await copyFile(input, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    // What else is wrong, the copy will tell.
    return false;
  }
}

/**
 * Copies an image. By cp(1), since Node's copyFile cuts the target to nothing first; ext4 then writes all of it out
 * before it is closed (auto_da_alloc, ext4(5)), which takes as long as the copy.
 * @throws Failure RL1707 such as for a full disk, RL0603, RL0604
 */
export async function copyImage(runner: Runner, request: CopyRequest): Promise<void> {
  const { input, target, sync } = request;
  const argv = ['cp', '--reflink=auto', '--', input, target];
  let isCopying = sync;
  const copying = runner.run({ argv, deadlineSeconds: DEADLINE_SECONDS }).finally(() => {
    isCopying = false;
  });
  copying.catch(() => undefined);
  while (isCopying) await Promise.all([syncWhatIsThere(target), setTimeout(SYNC_PAUSE)]);
  const result = await copying;
  if (result.failed && !result.aborted && !result.timedOut && !result.missing)
    throw isoFailure('not-made', { why: result.stderr.trim().split('\n').at(-1) ?? '' });
  requireSuccess(result);
}

async function syncWhatIsThere(path: string): Promise<void> {
  try {
    const file = await open(path, 'r');
    await file.datasync().finally(() => file.close());
  } catch {
    // Not there yet. The caller's own sync tells of every other error.
  }
}
