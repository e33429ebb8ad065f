import { constants, copyFileSync, realpathSync } from 'node:fs';
import type { StoredIso, StoredMedium } from '../../vault/installer-manifest.ts';
import { vaultLayout } from '../../vault/manifest.ts';
import { copyFileSynced } from '../directory.ts';
import { hashFile } from '../file-hash.ts';
import { hardLinkSynced, makeDirectory, pathExists, removeFile, statPath } from '../files.ts';
import type { ObjectStore } from './objects.ts';

/**
 * An installation image is known by its name in a signed list that lies beside it: these objects have such names as
 * well, in a folder of their own. Undefined for a medium that needs none.
 */
export function nameMediaFolder(medium: StoredMedium): string | undefined {
  return medium.kind === 'iso' ? vaultLayout.medium(medium.image.sha256) : undefined;
}

/** Where a stored image lies under its own name. */
export function locateImage(directory: string, medium: StoredIso): string {
  return `${directory}/${vaultLayout.medium(medium.image.sha256)}/${medium.image.name}`;
}

/** Gives the objects of an image their names. */
export function nameImage(directory: string, medium: StoredIso, objects: ObjectStore): void {
  const folder = `${directory}/${vaultLayout.medium(medium.image.sha256)}`;
  makeDirectory(folder, 0o755);
  for (const { name, sha256 } of [medium.image, ...medium.sums]) {
    hardLinkSynced(objects.path(sha256), `${folder}/${name}`);
  }
}

/** Names that are not there, or are of other files than the objects, which alone are hashed. */
export function listAbsentNames(directory: string, medium: StoredMedium, objects: ObjectStore): string[] {
  if (medium.kind !== 'iso') return [];
  const folder = `${directory}/${vaultLayout.medium(medium.image.sha256)}`;
  return [medium.image, ...medium.sums].flatMap(({ name, sha256 }) => {
    const [named, object] = [statPath(`${folder}/${name}`), statPath(objects.path(sha256))];
    const isSame = named !== undefined && named.ino === object?.ino && named.dev === object.dev;
    return isSame ? [] : [`${folder}/${name}`];
  });
}

/**
 * Takes a file of this machine into the store and leaves it where it is: by a reflink, else by a copy. A second name
 * of the same file would not do: whoever writes into that file would write into the store. `draft` is a name in the vault for the time being.
 * @returns its hash
 */
export function storeFile(objects: ObjectStore, file: string, draft: string): string {
  const path = realpathSync(file);
  const found = hashFile(path);
  if (found !== undefined && objects.check(found.sha256) === 'good') return found.sha256;
  removeFile(draft);
  if (!tryReflink(path, draft)) copyFileSynced(path, draft);
  const sha256 = hashFile(draft)?.sha256 ?? '';
  if (pathExists(objects.path(sha256))) objects.setAside(sha256);
  objects.adopt(draft, sha256);
  return sha256;
}

function tryReflink(from: string, to: string): boolean {
  return attempt(
    () => copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE),
    to,
  );
}

function attempt(act: () => void, made: string): boolean {
  try {
    act();
    return true;
  } catch {
    removeFile(made);
    return false;
  }
}
