import type { ObjectState } from '../../vault/assess.ts';
import { vaultLayout } from '../../vault/manifest.ts';
import { listDirectory, syncFile } from '../directory.ts';
import { hashFile } from '../file-hash.ts';
import { makeDirectory, pathExists, removeFile, renameSynced } from '../files.ts';

/** Files that are named by the SHA-256 of their content, in one directory. */
export interface ObjectStore {
  readonly path: (sha256: string) => string;
  /** Reads the whole object: its name alone proves nothing. */
  readonly check: (sha256: string) => ObjectState;
  /** Takes a file in by a rename. @returns false, and leaves the file, when its content has another hash */
  readonly adopt: (file: string, sha256: string) => boolean;
  /** Moves a corrupt object out of the way and returns where it is now: evidence is not thrown away. */
  readonly setAside: (sha256: string) => string;
  readonly list: () => string[];
  readonly remove: (sha256: string) => void;
}

/** Opens the objects of a vault; a directory that is not there yet is an empty one. */
export function openObjectStore(directory: string): ObjectStore {
  const path = (sha256: string) => `${directory}/${vaultLayout.object(sha256)}`;
  return {
    path,
    check: (sha256) => {
      const found = hashFile(path(sha256));
      if (found === undefined) return 'missing';
      return found.sha256 === sha256 ? 'good' : 'corrupt';
    },
    adopt: (file, sha256) => {
      if (hashFile(file)?.sha256 !== sha256) return false;
      const target = path(sha256);
      makeDirectory(target.slice(0, target.lastIndexOf('/')), 0o755);
      syncFile(file);
      renameSynced(file, target);
      return true;
    },
    setAside: (sha256) => {
      const folder = `${directory}/${vaultLayout.aside}`;
      makeDirectory(folder, 0o700);
      const target = `${folder}/${sha256}`;
      if (pathExists(path(sha256))) renameSynced(path(sha256), target);
      return target;
    },
    list: () => {
      const base = `${directory}/${vaultLayout.objects}`;
      return listDirectory(base).flatMap((folder) => listDirectory(`${base}/${folder}`));
    },
    remove: (sha256) => {
      removeFile(path(sha256));
    },
  };
}
