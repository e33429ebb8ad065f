import { vaultLayout } from '../../vault/manifest.ts';
import { acquireLock } from '../lock.ts';
import type { Runner } from '../runner.ts';
import { createRunner } from '../runner-spawn.ts';
import type { Vault } from './vault.ts';

/** Holds the vault while `act` changes it. @throws Failure EXIT.locked when another run holds it */
export async function withVaultLock<T>(
  vault: Vault,
  request: {
    readonly command: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal;
  },
  act: (runner: Runner) => Promise<T>,
): Promise<T> {
  const { command, environment, signal } = request;
  const holder = { pid: process.pid, command, since: new Date().toISOString() };
  const lock = await acquireLock(`${vault.directory}/${vaultLayout.lock}`, holder, environment, 'the vault');
  try {
    return await act(createRunner({ environment, signal, lockDescriptor: lock.descriptor }));
  } finally {
    lock.release();
  }
}
