import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pathExists, removeFile, syncDirectory } from './files.ts';

/** Names in a directory, sorted; empty when there is no such directory. */
export function listDirectory(path: string): string[] {
  return pathExists(path) ? readdirSync(path).sort() : [];
}

/** Copies a file so that the copy gets its name when it is whole and on the disk. Sparse regions may be filled. */
export function copyFileSynced(from: string, to: string): void {
  const draft = `${to}.partial`;
  removeFile(draft);
  copyFileSync(from, draft, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  syncFile(draft);
  renameSync(draft, to);
  syncDirectory(dirname(to));
}

/** Makes what was written to a file durable. */
export function syncFile(path: string): void {
  const file = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes something that may be lost, such as progress: whole or not at all for a reader, yet not synced. Never throws. */
export function writeFileQuickly(path: string, text: string): void {
  const draft = `${path}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    // Progress for a watcher is a convenience; the journal is what counts.
  }
}
