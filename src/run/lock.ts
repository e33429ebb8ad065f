import { closeSync, constants, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Failure } from '../report/failure.ts';
import { describeErrno, makeDirectory, readTextFile } from './files.ts';
import { findHolders, type HoldingProcess } from './lock-holders.ts';
import { type Runner, requireSuccess } from './runner.ts';
import { createRunner } from './runner-spawn.ts';

/** Who holds a lock: written into the lock's file, for the message of those who come later. */
export interface LockHolder {
  readonly pid: number;
  /** The command as typed, such as `relight rebuild web1`. */
  readonly command: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface Lock {
  /** Inherited by every command, so that the lock holds until the last of them has ended, kill -9 or not. */
  readonly descriptor: number;
  /** Gives the lock up. Calling it again does nothing. */
  release(): void;
}

const BUSY_STATUS = 75;
const NAME_MILLISECONDS = 10_000;

/**
 * Takes the lock at once, or within `waitSeconds`, or not at all. The lock is flock(2) on an open file that all children
 * share: the kernel drops it when the last of them is gone, so a killed run keeps later ones out while anything of it
 * still writes.
 * @param what is locked, for messages
 * @throws Failure EXIT.locked that names the holder
 */
export async function acquireLock(
  path: string,
  holder: LockHolder,
  environment: Readonly<Record<string, string | undefined>>,
  what = 'the guest',
  waitSeconds = 0,
): Promise<Lock> {
  makeDirectory(dirname(path), 0o700);
  const descriptor = openLockFile(path);
  try {
    const runner = createRunner({ environment, lockDescriptor: descriptor });
    const end = Date.now() + NAME_MILLISECONDS;
    for (let wait = waitSeconds; !(await tryLock(runner, wait)); wait = 0) {
      const named = readHolder(path);
      // Who has just taken the lock may not have written its name yet, above all on a machine that is busy.
      if (named !== undefined || Date.now() > end) throw describeBusy(path, descriptor, what);
      await sleep(100);
    }
    ftruncateSync(descriptor, 0);
    writeSync(descriptor, `${JSON.stringify(holder)}\n`, 0);
    fsyncSync(descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return makeLock(descriptor);
}

/** Whether the lock is ours now. flock locks the open file behind descriptor 3, which stays ours when flock has ended. */
async function tryLock(runner: Runner, waitSeconds: number): Promise<boolean> {
  const argv = ['flock', '--timeout', `${waitSeconds}`, '--conflict-exit-code', String(BUSY_STATUS), '3'];
  const result = await runner.run({ argv, deadlineSeconds: 30 + waitSeconds, accept: [BUSY_STATUS] });
  return requireSuccess(result).status !== BUSY_STATUS;
}

/** Who holds a lock. */
export interface LockHolders {
  readonly holder: LockHolder | undefined;
  readonly pids: readonly number[];
  /** The holder has died, and these that it started have not: `1439 (apt-get)`. Empty while it lives. */
  readonly orphans: readonly string[];
}

/** Who holds the lock now, without taking it: empty lists when nobody does. */
export function readLockHolders(path: string, isFirstLook = true): LockHolders {
  const alive = findHolders(path);
  const pids = alive.map((process) => process.pid);
  const holder = pids.length === 0 ? undefined : readHolder(path);
  const hasDied = holder !== undefined && !pids.includes(holder.pid);
  if (hasDied && isFirstLook) {
    // The next run may have the lock, and be about to write its name over that of one that was killed.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    return readLockHolders(path, false);
  }
  return { holder, pids, orphans: hasDied ? alive.map(nameProcess) : [] };
}

function nameProcess({ pid, command }: HoldingProcess): string {
  return `${pid} (${command})`;
}

function makeLock(descriptor: number): Lock {
  let held = true;
  return {
    descriptor,
    release: () => {
      if (!held) return;
      held = false;
      ftruncateSync(descriptor, 0);
      closeSync(descriptor);
    },
  };
}

function openLockFile(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    const hint = 'relight needs root to rebuild a guest';
    throw new Failure(EXIT.notReady, 'RL0621', `the lock cannot be opened: ${describeErrno(error)}`, hint);
  }
}

function describeBusy(path: string, ours: number, what: string): Failure {
  const holder = readHolder(path);
  const alive = findHolders(path, ours);
  const owner = alive.find((process) => process.pid === holder?.pid);
  const others = alive.filter((process) => process !== owner);
  const since = holder === undefined ? '' : ` since ${holder.since}`;
  if (holder !== undefined && (owner !== undefined || others.length === 0)) {
    const message = `${what} is held by process ${holder.pid} (${holder.command})${since}`;
    return new Failure(EXIT.locked, 'RL0620', message, 'wait for it to end, or stop it with Ctrl-C or kill');
  }
  const names = others.map(nameProcess).join(', ');
  if (holder === undefined) {
    return new Failure(EXIT.locked, 'RL0620', `${what} is held by process ${names || 'unknown'}`);
  }
  const message = `${what} is held${since}: ${holder.command} (process ${holder.pid}) has died, but what it started still runs: ${names}`;
  return new Failure(
    EXIT.locked,
    'RL0620',
    message,
    `wait for them to end, or: kill ${others.map(({ pid }) => pid).join(' ')}`,
  );
}

/** Undefined when the file is empty or half written: the holder has the lock and is about to write its name. */
function readHolder(path: string): LockHolder | undefined {
  try {
    const value = JSON.parse(readTextFile(path, 64 * 1024)) as Partial<LockHolder>;
    const { pid, command, since } = value;
    if (typeof pid !== 'number' || typeof command !== 'string' || typeof since !== 'string') return undefined;
    return { pid, command, since };
  } catch {
    return undefined;
  }
}
