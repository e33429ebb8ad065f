import type { VaultSource } from '../plan/rebuild/request.ts';
import { type VaultManifest, vaultLayout } from './manifest.ts';

/**
 * The vault as an archive for apt. `copy:` and not `file:`: apt then puts the packages into the root's own cache, where
 * dpkg inside the root finds them (mmdebstrap(1), copy:// mirrors).
 */
export function describeVaultSource(directory: string, manifest: VaultManifest): VaultSource {
  return {
    source: { url: `copy:${directory}`, suite: manifest.repository, components: ['main'] },
    keyring: `${directory}/${vaultLayout.keyring}`,
  };
}
