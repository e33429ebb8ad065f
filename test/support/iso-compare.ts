import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readContent } from '../../src/iso/content.ts';
import { openImage, type TreeKind } from '../../src/iso/image.ts';
import { walkTree } from '../../src/iso/walk.ts';
import { openFileSource } from '../../src/run/byte-source.ts';

/** One line for each entry: kind, mode, size or target, hash of the content. Both readers make the same lines. */
export type Listing = Map<string, string>;

/** What our reader sees. */
export async function listByRelight(path: string, tree?: TreeKind, withModes = true): Promise<Listing> {
  const source = await openFileSource(path);
  try {
    const image = await openImage(source);
    const listing: Listing = new Map();
    for await (const entry of walkTree(image, tree)) {
      const mode = withModes ? (entry.mode ?? 0).toString(8) : '';
      if (entry.kind === 'file') {
        const hash = createHash('sha256');
        for await (const chunk of readContent(image, entry)) hash.update(chunk);
        listing.set(entry.path, `file ${mode} ${entry.size} ${hash.digest('hex')}`);
      } else if (entry.kind === 'link') listing.set(entry.path, `link ${entry.target}`);
      else listing.set(entry.path, `${entry.kind} ${mode}`);
    }
    return listing;
  } finally {
    await source.close();
  }
}

/** What xorriso extracts. `readFs` chooses the tree: any, norock (Joliet), ecma (plain). */
export function listByXorriso(path: string, directory: string, readFs = 'any', withModes = true): Listing {
  const argv = ['-read_fs', readFs, '-osirrox', 'on', '-indev', path, '-extract', '/', directory];
  execFileSync('xorriso', argv, { stdio: 'pipe' });
  const listing: Listing = new Map();
  const visit = (below: string) => {
    for (const name of readdirSync(join(directory, below))) {
      const inside = `${below}/${name}`;
      const facts = lstatSync(join(directory, inside));
      const mode = withModes ? (facts.mode & 0o7777).toString(8) : '';
      if (facts.isDirectory()) {
        listing.set(inside, `directory ${mode}`);
        visit(inside);
      } else if (facts.isSymbolicLink()) {
        listing.set(inside, `link ${readlinkSync(join(directory, inside))}`);
      } else if (facts.isFile()) {
        const content = readFileSync(join(directory, inside));
        const digest = createHash('sha256').update(content).digest('hex');
        listing.set(inside, `file ${mode} ${facts.size} ${digest}`);
      } else listing.set(inside, `other ${mode}`);
    }
  };
  visit('');
  return listing;
}

/** The lines that differ, sorted: empty when both readers agree. */
export function compareListings(ours: Listing, theirs: Listing): string[] {
  const paths = new Set([...ours.keys(), ...theirs.keys()]);
  return [...paths]
    .filter((path) => ours.get(path) !== theirs.get(path))
    .sort()
    .map((path) => `${path}: ${ours.get(path) ?? 'absent'} | ${theirs.get(path) ?? 'absent'}`);
}
