import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DPKG_LIST_ARGV } from '../../src/tools/dpkg.ts';
import { buildMountArgv } from '../../src/tools/mount.ts';
import { parsePartitionTable } from '../../src/tools/partition-table.ts';

/** What the largest ext4 partition of a disk image holds. Needs root and loop devices. */
export interface RootContents {
  /** Names of installed packages, sorted. */
  readonly packages: readonly string[];
  /** `kind mode owner:group path`, sorted by path. */
  readonly files: readonly string[];
}

export function readRootContents(image: string): RootContents {
  const table = parsePartitionTable(run('sfdisk', '--json', '--', image));
  const [root] = table.toSorted((a, b) => b.size - a.size);
  if (root === undefined) throw new Error(`${image} has no partitions`);
  const mounted = mkdtempSync(join(tmpdir(), 'relight-root-'));
  const [mount = '', ...words] = buildMountArgv(image, root, mounted, true);
  run(mount, ...words);
  try {
    const [program = '', ...rest] = DPKG_LIST_ARGV;
    const installed = run(program, '--admindir', join(mounted, 'var/lib/dpkg'), ...rest).split('\n');
    const found = run('find', mounted, '-xdev', '-printf', '%y %m %U:%G /%P\n').split('\n');
    return {
      packages: installed.flatMap((line) => /^(\S+) installed$/.exec(line)?.[1] ?? []).sort(),
      files: found.filter((line) => line !== '').sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1)),
    };
  } finally {
    run('umount', mounted);
    rmdirSync(mounted);
  }
}

function pathOf(line: string): string {
  return line.slice(line.indexOf(' /') + 1);
}

function run(program: string, ...words: string[]): string {
  const result = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 256 * 1024 ** 2 });
  if (result.status !== 0) throw new Error(`${program}: ${result.stderr}`);
  return result.stdout;
}
