import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import type { ObjectState, VaultContent } from '../../vault/assess.ts';
import { listInstallerObjects } from '../../vault/installer-manifest.ts';
import { parseVaultManifest, type VaultManifest, vaultLayout } from '../../vault/manifest.ts';
import { listDirectory } from '../directory.ts';
import { hashFile } from '../file-hash.ts';
import { pathExists, readTextFile } from '../files.ts';
import { listAbsentNames } from './media.ts';
import { type ObjectStore, openObjectStore } from './objects.ts';

const LARGEST_MANIFEST = 16 * 1024 * 1024;

/** A vault directory as it is on the disk. */
export interface Vault {
  readonly directory: string;
  readonly objects: ObjectStore;
  /** Guests that something is stored for. */
  readonly listGuests: () => string[];
  /** Whether something is stored for the guest, in whatever state. */
  readonly hasManifest: (guest: string) => boolean;
  readonly readManifest: (guest: string) => VaultManifest | undefined;
  /** Hashes all that is stored for the guest. */
  readonly examine: (guest: string) => Omit<VaultContent, 'image'>;
}

/** Opens a vault; a directory that is not there yet is an empty one. */
export function openVault(directory: string): Vault {
  const objects = openObjectStore(directory);
  const readManifest = (guest: string) => {
    const path = `${directory}/${vaultLayout.manifest(guest)}`;
    return pathExists(path) ? parseVaultManifest(readTextFile(path, LARGEST_MANIFEST), path) : undefined;
  };
  return {
    directory,
    objects,
    hasManifest: (guest) => pathExists(`${directory}/${vaultLayout.manifest(guest)}`),
    readManifest,
    listGuests: () =>
      listDirectory(`${directory}/${vaultLayout.manifests}`).flatMap((file) => {
        const guest = /^([a-z][a-z0-9-]{0,62})\.json$/.exec(file)?.[1];
        return guest === undefined ? [] : [guest];
      }),
    examine: (guest) => {
      const manifest = readManifest(guest);
      const states = new Map<string, ObjectState>();
      const stored = manifest?.installer;
      const named = [
        ...(manifest?.packages ?? []),
        ...(stored === undefined ? [] : listInstallerObjects(stored)),
      ];
      for (const { sha256 } of named) {
        if (!states.has(sha256)) states.set(sha256, objects.check(sha256));
      }
      const absent = stored === undefined ? [] : listAbsentNames(directory, stored.medium, objects);
      return { manifest, objects: states, index: examineIndex(directory, manifest), absent };
    },
  };
}

/** The signature is apt's affair at use; what is compared here is that the index is the one of the fill. */
function examineIndex(directory: string, manifest: VaultManifest | undefined): ObjectState {
  if (manifest === undefined) return 'missing';
  const found = hashFile(`${directory}/${vaultLayout.packages(manifest.repository)}`);
  const isComplete = [vaultLayout.release(manifest.repository), vaultLayout.keyring].every((path) =>
    pathExists(`${directory}/${path}`),
  );
  if (found === undefined || !isComplete) return 'missing';
  return found.sha256 === manifest.index ? 'good' : 'corrupt';
}

/** apt reads the path in a list of sources, where it cannot be quoted. @throws Failure RL1609 */
export function requireVaultPath(directory: string): void {
  if (/^\/[\x21\x23-\x26\x28-\x5a\x5e-\x7e]*$/.test(directory)) return;
  throw makeFailure(EXIT.invalid, 'RL1609', { place: directory });
}
