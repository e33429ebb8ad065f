import { makeDirectory } from '../files.ts';
import { acquireLock } from '../lock.ts';

/** Holds a store of images while its index changes. @throws Failure EXIT.locked when another run holds it */
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
  const holder = { pid: process.pid, command, since: new Date().toISOString() };
  const lock = await acquireLock(`${directory}/lock`, holder, environment, `the store ${directory}`);
  try {
    return await act();
  } finally {
    lock.release();
  }
}
