import type { ServedArchive } from '../../plan/rebuild/served-archive.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { serveArchive } from './server.ts';
import { openVault } from './vault.ts';

/** Files that were asked for in vain and are named one by one; an installer asks for some that it can do without. */
const NAMED = 20;

/**
 * Serves a guest's stored archive while `act` runs, and not a moment longer.
 * @throws Failure RL1613 when the port is taken, RL1614 when the vault is not the one of the plan
 */
export async function whileServing<T>(
  served: ServedArchive | undefined,
  guest: string,
  note: (text: string) => void,
  act: () => Promise<T>,
): Promise<T> {
  if (served === undefined) return act();
  const { address, port, client } = served;
  const vault = openVault(served.vault);
  const stored = vault.readManifest(guest)?.installer;
  if (stored?.filled !== served.filled) throw makeFailure(EXIT.failed, 'RL1614', { name: guest });
  const told = new Set<string>();
  const server = await serveArchive({
    ...{ objects: vault.objects, files: stored.files, address, port, client },
    refused: (path, why) => {
      // choose-mirror asks which suites there are.
      const isOther = path.startsWith('dists/') && !path.startsWith(`dists/${stored.suite}/`);
      if (isOther || told.has(path) || told.size >= NAMED) return;
      told.add(path);
      note(`the installer asked for ${path}: ${why}`);
    },
  });
  try {
    return await act();
  } finally {
    await server.close();
  }
}
