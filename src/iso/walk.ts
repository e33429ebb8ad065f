import { type IsoEntry, listDirectory, readRoot, type TreeReader } from './directory.ts';
import type { IsoImage, TreeKind } from './image.ts';
import { isoFailure } from './problems.ts';

const MOST_ENTRIES = 200_000;
const MOST_DIRECTORIES = 50_000;
const MOST_LEVELS = 128;
const LONGEST_PATH = 4096;
const MOST_HOPS = 2_000_000;

/** Makes a reader of one tree; the best one unless said. */
export function makeReader(image: IsoImage, tree: TreeKind = image.trees[0] ?? 'plain'): TreeReader {
  return { image, tree, hops: { left: MOST_HOPS } };
}

/**
 * Every entry below the root, a directory before what it holds. Memory depends on the depth only.
 * @throws Failure RL6002 to RL6005.
 */
export async function* walkTree(image: IsoImage, tree?: TreeKind): AsyncGenerator<IsoEntry> {
  const reader = makeReader(image, tree);
  const seen = new Set<number>();
  const stack = [enter(reader, await readRoot(reader), seen)];
  let entries = 0;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = await top.next();
    if (next.done === true) {
      stack.pop();
      continue;
    }
    const entry = next.value;
    entries += 1;
    if (entries > MOST_ENTRIES) throw isoFailure('limit', { what: 'entries', limit: MOST_ENTRIES });
    if (entry.path.length > LONGEST_PATH)
      throw isoFailure('limit', { what: 'characters in one path', limit: LONGEST_PATH });
    yield entry;
    if (entry.kind !== 'directory') continue;
    if (stack.length >= MOST_LEVELS)
      throw isoFailure('limit', { what: 'levels of directories', limit: MOST_LEVELS });
    stack.push(enter(reader, entry, seen));
  }
}

function enter(reader: TreeReader, directory: IsoEntry, seen: Set<number>): AsyncGenerator<IsoEntry> {
  const block = directory.extents[0]?.block ?? 0;
  if (seen.has(block)) throw isoFailure('loop', { path: directory.path });
  seen.add(block);
  if (seen.size > MOST_DIRECTORIES)
    throw isoFailure('limit', { what: 'directories', limit: MOST_DIRECTORIES });
  return listDirectory(reader, directory);
}

/** Finds the entry of an absolute path. Links on the way are not followed. Undefined: there is none. */
export async function findEntry(image: IsoImage, path: string): Promise<IsoEntry | undefined> {
  const reader = makeReader(image);
  let entry = await readRoot(reader);
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (entry.kind !== 'directory') return undefined;
    const found = await findChild(reader, entry, name);
    if (found === undefined) return undefined;
    entry = found;
  }
  return entry;
}

async function findChild(
  reader: TreeReader,
  directory: IsoEntry,
  name: string,
): Promise<IsoEntry | undefined> {
  for await (const entry of listDirectory(reader, directory)) {
    if (entry.name === name) return entry;
  }
  return undefined;
}

/** The entries of one directory, up to `limit`; none when there is no such directory. */
export async function listPath(image: IsoImage, path: string, limit = 1000): Promise<IsoEntry[]> {
  const directory = await findEntry(image, path);
  if (directory?.kind !== 'directory') return [];
  const entries: IsoEntry[] = [];
  for await (const entry of listDirectory(makeReader(image), directory)) {
    entries.push(entry);
    if (entries.length >= limit) break;
  }
  return entries;
}
