import { readdirSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CacheFacts, DamagedFile } from '../../host/cache-facts.ts';
import { findMaintenanceAbort } from '../../tools/apt-cacher-ng.ts';
import { listDirectory } from '../directory.ts';
import { hashFile } from '../file-hash.ts';
import { readTextFile, statPath } from '../files.ts';
import type { Runner } from '../runner.ts';
import { type FileMark, hashMarks, type SeenFiles } from './seen.ts';

/** What apt-cacher-ng keeps for itself below its directory. */
const OWN = '_xstore';
const INDEX = /\/binary-[a-z0-9]+\/(?:Packages\.(?:xz|gz)|by-hash\/SHA256\/[0-9a-f]{64})$/;
const SHOWN_FOREIGN = 20;

interface StoredFile extends FileMark {
  readonly usedMs: number;
  readonly uid: number;
}

type Scan = Pick<CacheFacts, 'damaged' | 'foreign' | 'oldest' | 'freeBytes'>;

/**
 * Reads what was written to the cache since the last look: packages against the indices stored beside them, files of by-hash
 * against their names. Indices are unpacked only when a package has to be judged.
 */
export async function scanCache(
  runner: Runner,
  directory: string,
  uid: number,
  seen: SeenFiles,
): Promise<Scan> {
  const files = listFiles(directory);
  const packages = files.filter(({ path }) => /\.u?deb$/.test(path));
  const indices = files.filter(({ path }) => INDEX.test(path));
  const misnamed = checkNames(files, seen);
  const unread = indices.filter((file) => !isByHash(file.path) && !seen.recall(file));
  const against = hashMarks(indices);
  const unjudged = packages.filter((file) => !seen.recall(file, against));
  const damaged = [...misnamed];
  if (unread.length + unjudged.length > 0) {
    const bad = new Set(misnamed.map(({ path }) => path));
    const read = await readIndices(
      runner,
      indices.filter(({ path }) => !bad.has(path)),
    );
    damaged.push(...read.damaged);
    for (const file of unread) {
      if (read.damaged.every(({ path }) => path !== file.path)) seen.add(file);
    }
    damaged.push(...judgePackages(unjudged, read.hashes, against, seen));
  }
  seen.save();
  const { bavail, bsize } = statfsSync(directory);
  const stored = packages.toSorted((left, right) => left.usedMs - right.usedMs);
  return {
    damaged,
    foreign: files
      .filter((file) => file.uid !== uid)
      .map((file) => file.path)
      .slice(0, SHOWN_FOREIGN),
    oldest: stored.map(({ path, size }) => ({ path, size })),
    freeBytes: bavail * bsize,
  };
}
/** What the newest page of a maintenance run says, when it gave up. */
export function readStuck(logs: string): string | undefined {
  const newest = listDirectory(logs)
    .filter((name) => /^maint_\d+\.log\.html$/.test(name))
    .at(-1);
  return newest === undefined ? undefined : findMaintenanceAbort(readTextFile(join(logs, newest)));
}

function listFiles(directory: string): StoredFile[] {
  const files: StoredFile[] = [];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(`${directory}/${OWN}/`)) continue;
    const found = statPath(path);
    if (found === undefined) continue;
    const { size, ctimeMs, ino: inode, uid } = found;
    files.push({ path, size, ctimeMs, inode, uid, usedMs: Math.max(found.atimeMs, found.mtimeMs) });
  }
  return files;
}

type Wanted = { readonly sha256: string; readonly size: number };

/** Files of by-hash that are not what their name says. */
function checkNames(files: readonly StoredFile[], seen: SeenFiles): DamagedFile[] {
  const damaged: DamagedFile[] = [];
  for (const file of files) {
    if (!isByHash(file.path) || seen.recall(file)) continue;
    if (hashFile(file.path)?.sha256 === basename(file.path)) seen.add(file);
    else damaged.push({ path: file.path, reason: 'its SHA-256 is not its name' });
  }
  return damaged;
}

function judgePackages(
  packages: readonly StoredFile[],
  hashes: Map<string, Wanted[]>,
  against: string,
  seen: SeenFiles,
): DamagedFile[] {
  const damaged: DamagedFile[] = [];
  for (const file of packages) {
    const wanted = findWanted(hashes, file.path);
    // A smaller one was cut off: apt-cacher-ng fetches the rest by itself.
    if (wanted === undefined || file.size < wanted.size) seen.add(file, against);
    else if (hashFile(file.path)?.sha256 === wanted.sha256) seen.add(file);
    else damaged.push({ path: file.path, reason: 'its SHA-256 is not the one in the index' });
  }
  return damaged;
}

/** Path in the archive -> what the stored indices say of it. */
async function readIndices(
  runner: Runner,
  indices: readonly StoredFile[],
): Promise<{ hashes: Map<string, Wanted[]>; damaged: DamagedFile[] }> {
  const hashes = new Map<string, Wanted[]>();
  const damaged: DamagedFile[] = [];
  for (const { path } of indices) {
    const isRead = await readStanzas(runner, path, (stanza) => addStanza(hashes, stanza));
    if (!isRead && !isByHash(path)) damaged.push({ path, reason: 'it does not unpack' });
  }
  return { hashes, damaged };
}

const isByHash = (path: string) => path.includes('/by-hash/SHA256/') && /^[0-9a-f]{64}$/.test(basename(path));

function addStanza(hashes: Map<string, Wanted[]>, stanza: string): void {
  const read = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(stanza)?.[1];
  const name = read('Filename');
  const sha256 = read('SHA256');
  if (name === undefined || sha256 === undefined) return;
  hashes.set(name, [...(hashes.get(name) ?? []), { sha256, size: Number(read('Size') ?? 0) }]);
}

/** An archive's own path begins at `pool/`; the same path of two archives with other contents is not judged. */
function findWanted(hashes: Map<string, Wanted[]>, path: string): Wanted | undefined {
  const start = path.lastIndexOf('/pool/');
  const wanted = start === -1 ? [] : (hashes.get(path.slice(start + 1)) ?? []);
  return new Set(wanted.map((each) => each.sha256)).size === 1 ? wanted[0] : undefined;
}

/** Hands every stanza of a packed index on. @returns whether it could be unpacked */
async function readStanzas(runner: Runner, path: string, take: (stanza: string) => void): Promise<boolean> {
  for (const program of ['xz', 'gzip']) {
    let rest = '';
    const decoder = new TextDecoder('utf-8');
    const onBytes = (bytes: Buffer) => {
      const stanzas = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
      rest = stanzas.pop() ?? '';
      for (const stanza of stanzas) take(stanza);
    };
    const argv = [program, '--decompress', '--stdout', '--', path];
    const result = await runner.run({ argv, deadlineSeconds: 300, onBytes });
    if (result.failed) continue;
    take(rest);
    return true;
  }
  return false;
}
