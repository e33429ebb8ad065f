import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import type { TreeEntry } from '../../tools/debugfs.ts';

/** What lies in a tree that is mounted over when it runs, and so is left empty in an image. */
const LEFT_EMPTY = new Set(['/proc', '/sys', '/run', '/tmp']);

/**
 * Lists a directory tree, parents before children, names in the order of their characters. No time is later than
 * `epoch`: what was made on the way bears the time of the image.
 */
export function listTree(root: string, epoch: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const firstNames = new Map<string, number>();
  const visit = (path: string) => {
    const source = path === '/' ? root : `${root}${path}`;
    const stats = lstatSync(source);
    const key = `${stats.dev}:${stats.ino}`;
    const first = stats.isDirectory() ? undefined : firstNames.get(key);
    const kind = first === undefined ? describeKind(source, stats) : linkTo(entries, first);
    if (kind === undefined) return;
    if (first === undefined) firstNames.set(key, entries.length);
    entries.push({
      path,
      kind,
      mode: stats.mode,
      uid: stats.uid,
      gid: stats.gid,
      mtime: Math.min(Math.floor(stats.mtimeMs / 1000), epoch),
      links: 1,
    });
    if (!stats.isDirectory() || LEFT_EMPTY.has(path)) return;
    for (const name of readdirSync(source).sort()) visit(path === '/' ? `/${name}` : `${path}/${name}`);
  };
  visit('/');
  return entries;
}

/** A further name of an entry; the entry learns of it. */
function linkTo(entries: TreeEntry[], index: number): TreeEntry['kind'] {
  const entry = entries[index] as TreeEntry;
  entries[index] = { ...entry, links: entry.links + 1 };
  return { type: 'hard-link', target: entry.path };
}

/** Undefined for a socket: it belongs to a process that runs no more. */
function describeKind(source: string, stats: Stats): TreeEntry['kind'] | undefined {
  if (stats.isDirectory()) return { type: 'directory' };
  if (stats.isFile()) return { type: 'file', source, size: stats.size };
  if (stats.isSymbolicLink()) return { type: 'symlink', target: readlinkSync(source) };
  if (stats.isFIFO()) return { type: 'fifo' };
  if (!stats.isBlockDevice() && !stats.isCharacterDevice()) return undefined;
  // makedev(3) of glibc: the lower 8 and the upper bits of the minor lie around the major.
  const major = (stats.rdev >> 8) & 0xfff;
  const minor = (stats.rdev & 0xff) | ((stats.rdev >> 12) & 0xfff00);
  return { type: 'device', letter: stats.isBlockDevice() ? 'b' : 'c', major, minor };
}
