import { EXIT, type Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';

/** Something of a directory tree, with all that an ext4 filesystem keeps of it. */
export interface TreeEntry {
  /** Absolute inside the tree. */
  readonly path: string;
  readonly kind:
    | { readonly type: 'directory' }
    | { readonly type: 'file'; readonly source: string; readonly size: number }
    | { readonly type: 'symlink'; readonly target: string }
    | { readonly type: 'device'; readonly letter: 'b' | 'c'; readonly major: number; readonly minor: number }
    | { readonly type: 'fifo' }
    /** A further name of a file that has come before. */
    | { readonly type: 'hard-link'; readonly target: string };
  /** All of st_mode. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** How many names the file has in the tree. */
  readonly links: number;
}

/** An extended attribute, its value in a file. */
export interface TreeAttribute {
  readonly path: string;
  readonly name: string;
  readonly valueFile: string;
}

/** debugfs(8) reads its commands into a buffer of this size (debugfs.c, source_file). */
const LONGEST_LINE = 8000;

/** argv of debugfs(8) that changes a filesystem by the commands of a file. */
export function buildDebugfsArgv(script: string, image: string): string[] {
  return ['debugfs', '-w', '-f', script, image];
}

/** argv of debugfs(8) that prints a file of a filesystem, which it does not change. */
export function buildCatArgv(image: string, path: string): string[] {
  return ['debugfs', '-R', `cat ${quote(path)}`, image];
}

/**
 * Commands of debugfs(8) that fill an empty filesystem with a tree, in the order given. mke2fs(8) would take the order
 * of the directory on this machine's disk and the time of the inodes; this way the same tree gives the same blocks.
 * @param settled directories that are there already, whose time, owner and mode are set when nothing comes into them any more
 * @throws Failure RL1510 for a name that debugfs cannot be given
 */
export function buildPopulateScript(
  entries: readonly TreeEntry[],
  attributes: readonly TreeAttribute[],
  settled: readonly TreeEntry[] = [],
): string {
  const lines: string[] = [];
  const owners: string[] = [];
  const rooms = new DirectoryRooms();
  for (const entry of entries) {
    lines.push(...rooms.make(entry), ...makeEntry(entry));
    // A directory's time and mode are set when nothing comes into it any more.
    (entry.kind.type === 'directory' ? owners : lines).push(...setInode(entry));
  }
  for (const { path, name, valueFile } of attributes) {
    lines.push(`ea_set -f ${quote(valueFile)} ${quote(path)} ${quote(name)}`);
  }
  const all = [...lines, ...owners, ...settled.flatMap(setInode)];
  const long = all.find((line) => line.length > LONGEST_LINE);
  if (long !== undefined) throw refuseName(long.slice(0, 80), 'it is too long');
  return `${all.join('\n')}\n`;
}

function makeEntry({ path, kind }: TreeEntry): string[] {
  const name = quote(path);
  switch (kind.type) {
    case 'directory':
      return path === '/' || path === '/lost+found' ? [] : [`mkdir ${name}`];
    case 'file':
      return [`write ${quote(kind.source)} ${name}`];
    case 'symlink':
      return [`symlink ${name} ${quote(kind.target)}`];
    case 'device':
      return makeNode(path, `${kind.letter} ${kind.major} ${kind.minor}`);
    case 'fifo':
      return makeNode(path, 'p');
    case 'hard-link':
      return [`ln ${quote(kind.target)} ${name}`];
  }
}

/** Bytes for names in a block of a directory: the last twelve hold its checksum. */
const DIRECTORY_BLOCK = 4096 - 12;

/** Alone of all commands ln does not grow a directory that is full: it gets a block for the names to come before. */
class DirectoryRooms {
  readonly #left = new Map<string, number>();

  make({ path, kind }: TreeEntry): string[] {
    const at = path.lastIndexOf('/');
    const parent = path.slice(0, at) || '/';
    const needed = 8 + Math.ceil(Buffer.byteLength(path.slice(at + 1)) / 4) * 4;
    const left = this.#left.get(parent) ?? 0;
    const isFull = kind.type === 'hard-link' && left < needed;
    if (isFull || left > 0) this.#left.set(parent, Math.max(0, (isFull ? DIRECTORY_BLOCK : left) - needed));
    return isFull ? [`expand_dir ${quote(parent)}`] : [];
  }
}

/** Alone of all commands mknod takes no path: it makes a name in the working directory, slashes and all. */
function makeNode(path: string, what: string): string[] {
  const at = path.lastIndexOf('/');
  return [`cd ${quote(path.slice(0, at) || '/')}`, `mknod ${quote(path.slice(at + 1))} ${what}`, 'cd /'];
}

function setInode({ path, kind, mode, uid, gid, mtime, links }: TreeEntry): string[] {
  if (kind.type === 'hard-link') return [];
  const set = (field: string, value: string | number) => `set_inode_field ${quote(path)} ${field} ${value}`;
  return [
    // `write` takes the mode of its source along.
    ...(kind.type === 'file' ? [] : [set('mode', `0${mode.toString(8)}`)]),
    ...(uid === 0 ? [] : [set('uid', uid)]),
    ...(gid === 0 ? [] : [set('gid', gid)]),
    set('mtime', `@${mtime}`),
    ...(kind.type !== 'directory' && links > 1 ? [set('links_count', links)] : []),
  ];
}

/** A word as libss reads it: in double quotes, a quote doubled. */
function quote(text: string): string {
  if (/[\x00-\x1f\x7f\ufffd]/.test(text))
    throw refuseName(JSON.stringify(text), 'it has a control character or is no UTF-8');
  return `"${text.replaceAll('"', '""')}"`;
}

function refuseName(name: string, why: string): Failure {
  return makeFailure(EXIT.failed, 'RL1510', { name, why });
}

/** What debugfs complained about: it goes on after an error and ends with status 0. Its banner is no complaint. */
export function findDebugfsErrors(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !/^debugfs \d/.test(line));
}
