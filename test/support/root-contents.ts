import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  type Stats,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DPKG_LIST_ARGV } from '../../src/tools/dpkg.ts';
import { buildMountArgv } from '../../src/tools/mount.ts';
import { parsePartitionTable } from '../../src/tools/partition-table.ts';
import { findOwners, type RootContents, type RootEntry } from './root-list.ts';

/** Lists what the largest ext4 partition of a disk image holds. Needs root and loop devices. */
export function readRootContents(image: string): RootContents {
  const table = parsePartitionTable(run('sfdisk', '--json', '--', image));
  const [root] = table.toSorted((a, b) => b.size - a.size);
  if (root === undefined) throw new Error(`${image} has no partitions`);
  const mounted = mkdtempSync(join(tmpdir(), 'relight-root-'));
  const [mount = '', ...words] = buildMountArgv(image, root, mounted, true);
  run(mount, ...words);
  try {
    return readTree(mounted);
  } finally {
    run('umount', mounted);
    rmdirSync(mounted);
  }
}

/** Lists a mounted root. */
export function readTree(root: string): RootContents {
  const [program = '', ...rest] = DPKG_LIST_ARGV;
  const database = join(root, 'var/lib/dpkg');
  const installed = run(program, '--admindir', database, ...rest).split('\n');
  const packages = installed.flatMap((line) => /^(\S+) installed$/.exec(line)?.[1] ?? []).sort();
  return { packages, entries: findOwners(listEntries(root), readFileLists(join(database, 'info'))) };
}

/** The paths of each package, from dpkg's own lists. */
function readFileLists(info: string): Map<string, string[]> {
  const lists = readdirSync(info).filter((name) => name.endsWith('.list'));
  return new Map(
    lists.map((name) => [
      name.slice(0, -'.list'.length).replace(/:.*/, ''),
      readFileSync(join(info, name), 'utf8').trim().split('\n'),
    ]),
  );
}

function listEntries(root: string): RootEntry[] {
  const names = (file: string) =>
    new Map(
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .map((line) => line.split(':'))
        .map(([name = '', , id = '']) => [Number(id), name]),
    );
  const [users, groups] = [names('etc/passwd'), names('etc/group')];
  // With types: else Node follows links to directories, and those that begin with / lead out of the root.
  return readdirSync(root, { recursive: true, withFileTypes: true }).map((found) => {
    const path = join(found.parentPath, found.name);
    const facts = lstatSync(path);
    return {
      path: path.slice(root.length),
      kind: kindOf(facts),
      mode: (facts.mode & 0o7777).toString(8),
      owner: `${users.get(facts.uid) ?? facts.uid}:${groups.get(facts.gid) ?? facts.gid}`,
      content: facts.isFile() ? hashFile(path) : facts.isSymbolicLink() ? readlinkSync(path) : '',
      packages: [],
    };
  });
}

function kindOf(facts: Stats): string {
  if (facts.isFile()) return 'file';
  if (facts.isDirectory()) return 'directory';
  return facts.isSymbolicLink() ? 'link' : 'special';
}

function hashFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
}

function run(program: string, ...words: string[]): string {
  const result = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 256 * 1024 ** 2 });
  if (result.status !== 0) throw new Error(`${program}: ${result.stderr}`);
  return result.stdout;
}
