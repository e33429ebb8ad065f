import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { EXIT, Failure } from '../report/failure.ts';

/** Specs, configurations and journals are small; nothing bigger is read whole unless the caller says so. */
const DEFAULT_CAP = 16 * 1024 * 1024;

/**
 * Writes a file so that a reader, and a machine after a power cut, finds the old content or the new one, never less.
 * The directory is held open, so that a symlink swapped in for it meanwhile changes nothing.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode: number): void {
  inDirectory(path, (directory, name) => {
    const temporary = nameTemporary(directory, name);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = openSync(temporary, flags, 0o600);
    try {
      writeAll(file, toBytes(content));
      fchmodSync(file, mode);
      fsyncSync(file);
      renameSync(temporary, `${directory}/${name}`);
    } catch (error) {
      ignoreMissing(() => unlinkSync(temporary));
      throw error;
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Reads a whole regular file as UTF-8.
 * @throws Failure when it is missing, not a regular file, not readable, or larger than `cap` bytes
 */
export function readTextFile(path: string, cap = DEFAULT_CAP): string {
  return readBytesFile(path, cap).toString('utf8');
}

/** As `readTextFile`, for bytes. */
export function readBytesFile(path: string, cap = DEFAULT_CAP): Buffer {
  let file: number;
  try {
    // O_NONBLOCK: a FIFO in the place of a file must not make us wait.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refuse(`${path} cannot be read: ${describeErrno(error)}`);
  }
  try {
    if (!fstatSync(file).isFile()) throw refuse(`${path} is not a regular file`);
    const chunks: Buffer[] = [];
    let length = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const count = readSync(file, chunk, 0, chunk.length, null);
      if (count === 0) return Buffer.concat(chunks, length);
      length += count;
      if (length > cap) throw refuse(`${path} is larger than the ${cap} bytes that are allowed here`);
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

/** Makes a directory and its parents. An existing one keeps its mode; its parents are made with 0755. */
export function makeDirectory(path: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (!hasCode(error, 'EEXIST') || !statSync(path).isDirectory()) throw error;
    return;
  }
  syncDirectory(dirname(path));
}

/** rename(2), made durable: the directories of both names are synced. */
export function renameSynced(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) syncDirectory(dirname(from));
}

/** Makes `to` a second name of `from`, in place of what `to` was. */
export function hardLinkSynced(from: string, to: string): void {
  inDirectory(to, (directory, name) => {
    const temporary = nameTemporary(directory, name);
    linkSync(from, temporary);
    renameSync(temporary, `${directory}/${name}`);
    // rename(2) of two names of one file does nothing and leaves both.
    ignoreMissing(() => unlinkSync(temporary));
  });
}

/** Makes the symbolic link, in place of what the path was. */
export function symlinkSynced(target: string, path: string): void {
  inDirectory(path, (directory, name) => {
    const temporary = nameTemporary(directory, name);
    symlinkSync(target, temporary);
    renameSync(temporary, `${directory}/${name}`);
  });
}

/** Removes a file or a symbolic link; absent is fine. Returns whether there was one. */
export function removeFile(path: string): boolean {
  const removed = ignoreMissing(() => unlinkSync(path));
  if (removed) syncDirectory(dirname(path));
  return removed;
}

/** Removes an empty directory; absent is fine. */
export function removeEmptyDirectory(path: string): void {
  ignoreMissing(() => rmdirSync(path));
}

/**
 * Creates a file of `size` bytes without blocks. It gets its name when it is whole.
 * @throws when there is anything of that name already
 */
export function createSparseFile(path: string, size: number, mode: number): void {
  inDirectory(path, (directory, name) => {
    const temporary = nameTemporary(directory, name);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = openSync(temporary, flags, 0o600);
    try {
      fchmodSync(file, mode);
      ftruncateSync(file, size);
      fsyncSync(file);
      // link(2), unlike rename(2), refuses a name that is taken.
      linkSync(temporary, `${directory}/${name}`);
    } finally {
      closeSync(file);
      ignoreMissing(() => unlinkSync(temporary));
    }
  });
}

/** What is at the path itself, not followed; undefined when there is nothing. */
export function statPath(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

export function pathExists(path: string): boolean {
  return statPath(path) !== undefined;
}

/** Follows symbolic links, as /dev/vg/volume is one. */
export function isBlockDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isBlockDevice() ?? false;
}

/** The target of a symbolic link; undefined when the path is absent or something else. */
export function readLink(path: string): string | undefined {
  return statPath(path)?.isSymbolicLink() === true ? readlinkSync(path) : undefined;
}

/** Makes what was renamed, created or removed in a directory durable. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** Writes all bytes: write(2) may take fewer than it was given. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
}

export function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

/** The system's short name and text of an error, such as `ENOSPC: no space left on device, write`. */
export function describeErrno(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Runs `act` on the opened parent directory, by its descriptor's name, and syncs the directory after it. */
function inDirectory(path: string, act: (directory: string, name: string) => void): void {
  const directory = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    act(`/proc/self/fd/${directory}`, basename(path));
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function nameTemporary(directory: string, name: string): string {
  return `${directory}/.${name}.${randomBytes(6).toString('hex')}.tmp`;
}

function ignoreMissing(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function refuse(message: string): Failure {
  return new Failure(EXIT.invalid, 'RL0610', message);
}
