import { makeDirectory } from '../files.ts';
import { acquireLock, type Lock } from '../lock.ts';

/** Seconds that the index of a store may take others to write: it is a small file. */
const INDEX_SECONDS = 30;

/** Holds a store of images while one is sent to it or fetched. @throws Failure EXIT.locked when another run holds it */
export async function withImageStoreLock<T>(
  directory: string,
  request: {
    readonly command: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
  act: () => Promise<T>,
): Promise<T> {
  const { command, environment } = request;
  makeDirectory(directory, 0o755);
  const lock = await acquireLock(
    `${directory}/lock`,
    describe(command),
    environment,
    `the store ${directory}`,
  );
  return release(lock, act);
}

/**
 * Holds the index of a store for the moment in which it is read, changed and written: a bake and a pull, which do not
 * keep each other out, would else lose one another's image. @throws Failure EXIT.locked after half a minute
 */
export async function withIndexLock<T>(directory: string, act: () => Promise<T>): Promise<T> {
  const what = `the index of the store ${directory}`;
  const path = `${directory}/index.lock`;
  const lock = await acquireLock(path, describe('relight image'), process.env, what, INDEX_SECONDS);
  return release(lock, act);
}

function describe(command: string) {
  return { pid: process.pid, command, since: new Date().toISOString() };
}

async function release<T>(lock: Lock, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } finally {
    lock.release();
  }
}
