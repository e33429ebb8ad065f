import { buildPopulateScript, type TreeAttribute, type TreeEntry } from './debugfs.ts';

/** A tree as it is in a filesystem, and as it shall be. Both list parents before their children. */
export interface TreeUpdate {
  readonly before: readonly TreeEntry[];
  readonly after: readonly TreeEntry[];
  /** Attributes of the tree as it shall be. */
  readonly attributes: readonly TreeAttribute[];
  /** Paths that count as changed whatever their entries say: their content may be another. */
  readonly touched: ReadonlySet<string>;
}

/**
 * Commands of debugfs(8) that turn one tree into another: what is gone or has changed is removed, what is new or has
 * changed is written. The same two trees give the same commands. @throws Failure RL1510
 */
export function buildUpdateScript({ before, after, attributes, touched }: TreeUpdate): string {
  const known = new Map(before.map((entry) => [entry.path, entry]));
  const wanted = new Map(after.map((entry) => [entry.path, entry]));
  const written = findWritten(known, after, touched);
  const removed = before.filter(({ path }) => !wanted.has(path) || written.has(path));
  const parents = new Set([...removed, ...after.filter(({ path }) => written.has(path))].map(findParent));
  const settled = after.filter(
    (entry) =>
      entry.kind.type === 'directory' &&
      !written.has(entry.path) &&
      (parents.has(entry.path) || !hasSameInode(known.get(entry.path), entry)),
  );
  const lines = removed
    // Children before their parents; a directory that stays one is not in the list.
    .reverse()
    .map(({ path, kind }) => `${kind.type === 'directory' ? 'rmdir' : 'rm'} ${quote(path)}`);
  const writes = after.filter(({ path }) => written.has(path));
  const script = buildPopulateScript(
    writes,
    attributes.filter(({ path }) => written.has(path)),
    settled,
  );
  return lines.length === 0 ? script : `${lines.join('\n')}\n${script}`;
}

/** What is written: new entries, changed ones, and further names of a file that is written itself. */
function findWritten(
  known: ReadonlyMap<string, TreeEntry>,
  after: readonly TreeEntry[],
  touched: ReadonlySet<string>,
): Set<string> {
  const written = new Set<string>();
  for (const entry of after) {
    const old = known.get(entry.path);
    const isDirectory = entry.kind.type === 'directory' && old?.kind.type === 'directory';
    if (isDirectory) continue;
    const isLinked = entry.kind.type === 'hard-link' && written.has(entry.kind.target);
    if (isLinked || touched.has(entry.path) || !hasSameInode(old, entry)) written.add(entry.path);
  }
  return written;
}

function hasSameInode(old: TreeEntry | undefined, entry: TreeEntry): boolean {
  return old !== undefined && describe(old) === describe(entry);
}

/** Everything that a filesystem keeps of an entry, but the place that a file's content comes from. */
function describe({ kind, mode, uid, gid, mtime, links }: TreeEntry): string {
  const { source: _source, ...what } = { source: '', ...kind };
  return JSON.stringify([what, mode, uid, gid, mtime, links]);
}

function findParent({ path }: TreeEntry): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Names were checked when they were written. */
function quote(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
