import { chmodSync } from 'node:fs';
import { SIGNED_INDEX } from '../../image/signed-index.ts';
import { EXIT, type Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { copyFileSynced } from '../directory.ts';
import { hashFile } from '../file-hash.ts';
import { makeDirectory, pathExists, readTextFile, statPath, writeFileAtomically } from '../files.ts';
import { countFreeBelow } from '../probe-host.ts';
import type { ImageRemote } from './remote.ts';

/** A directory: on this machine, on NFS, or the one that a web server serves. */
export function openDirectoryRemote(directory: string): ImageRemote {
  const at = (path: string) => `${directory}/${path}`;
  return {
    place: directory,
    holdsOne: false,
    readIndex: async () => (pathExists(at(SIGNED_INDEX)) ? readTextFile(at(SIGNED_INDEX)) : undefined),
    get: async (path, file, cap) => {
      const size = statPath(at(path))?.size;
      if (size === undefined) throw refuse(at(path), 'it is not there');
      if (size > cap) throw refuse(at(path), `it is larger than the ${cap} bytes that are allowed`);
      copyFileSynced(at(path), file);
    },
    put: async (path, file) => {
      const target = at(path);
      const own = hashFile(file);
      if (hashFile(target)?.sha256 === own?.sha256) return false;
      requireRoom(directory, own?.size ?? 0);
      makeDirectory(target.slice(0, target.lastIndexOf('/')), 0o755);
      copyFileSynced(file, target);
      chmodSync(target, 0o644);
      return true;
    },
    writeIndex: async (text) => writeFileAtomically(at(SIGNED_INDEX), text, 0o644),
  };
}

function requireRoom(place: string, needed: number): void {
  const free = countFreeBelow(place);
  if (free >= needed) return;
  throw makeFailure(EXIT.failed, 'RL1629', { place, needed, free });
}

function refuse(url: string, why: string): Failure {
  return makeFailure(EXIT.failed, 'RL1625', { url, why });
}
