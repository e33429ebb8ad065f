import type { HostPaths } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { listDirectory } from '../run/directory.ts';
import { readLockHolders } from '../run/lock.ts';
import { findUnfinished } from '../run/operations.ts';

/**
 * Nothing is removed from a store that a run on this machine may be reading, or be about to name. An operation reads what it
 * has begun with, though the store has something newer since. @throws Failure RL0620
 */
export function refuseWhileAtWork(paths: HostPaths, name: string, store: string): void {
  const { holder, pids } = readLockHolders(statePaths.lock(paths, name));
  if (pids.length === 0) return;
  const who =
    holder === undefined ? `process ${pids.join(', ')}` : `${holder.command} (process ${holder.pid})`;
  const message = `nothing is removed while ${who} works on ${name}: it may read from ${store}`;
  throw new Failure(EXIT.locked, 'RL0620', message, 'give the command again when it has ended');
}

/** The same for every guest and image of this machine, and for an image that a `resume` would go on restoring. */
export function refuseWhileAnyAtWork(paths: HostPaths, store: string): void {
  for (const name of listDirectory(`${paths.state}/guests`)) {
    refuseWhileAtWork(paths, name, store);
    const unfinished = findUnfinished(paths, name);
    if (unfinished === undefined || !unfinished.state.route.startsWith('image:')) continue;
    const message = `nothing is removed while operation ${unfinished.operation} of ${name} is unfinished: it may read from ${store}`;
    const hint = `relight resume ${name}   or   relight rollback ${name}`;
    throw new Failure(EXIT.locked, 'RL0620', message, hint);
  }
}
