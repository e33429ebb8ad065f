import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inspectImage } from '../src/iso/inspect.ts';
import { INSTALLER_ARGUMENTS, TARGET_ARGUMENTS } from '../src/iso/remaster/request.ts';
import { openFileSource } from '../src/run/byte-source.ts';
import { buildImage } from '../src/run/image-build.ts';
import { createRunner } from '../src/run/runner-spawn.ts';
import { buildLookalike } from '../test/support/netinst-lookalike.ts';

const FILLER_BYTES = 550_000_000;
const PRESEED = '#_preseed_V1\nd-i partman-auto/disk string /dev/vda\n';

/** Of one build. `again`: the input's hash is known from an earlier one. */
interface Way {
  readonly again: boolean;
  readonly grow: boolean;
  readonly sync: boolean;
}

const FIRST: Way = { again: false, grow: false, sync: false };
const AGAIN: Way = { ...FIRST, again: true };
/** Milliseconds until an input's hash may be kept. */
const SETTLED = 4000;

/** Medians in seconds. `hash` is the SHA-256 of the input alone, which the first build of an input needs for its manifest. */
export interface IsoTimes {
  readonly megabytes: number;
  readonly warm: Readonly<
    Record<'cp' | 'cpSynced' | 'hash' | 'first' | 'again' | 'synced' | 'grow' | 'usual', number>
  >;
  readonly cold: Readonly<Record<'cp' | 'first' | 'again', number>>;
  /** Of a file of 4 GiB. */
  readonly inspect: number;
  /** On XFS with reflinks, and the bytes that its disk wrote for one; undefined without root and mkfs.xfs. */
  readonly reflink: { readonly seconds: number; readonly written: number } | undefined;
}

/**
 * Remastering a 700 MB image side by side: cp, relight, relight --grow, and the usual way (extract, repack the initrds,
 * rebuild), on the same disk (BENCH_DIR), with the input's pages in memory and without. All take turns, so that a busy
 * moment hits each.
 */
export async function measureIso(runs: number): Promise<IsoTimes> {
  work = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'relight-bench-'));
  try {
    input = join(work, 'in.iso');
    copyFileSync(await buildLookalike('trixie', FILLER_BYTES), input);
    const rows = {
      cp: copy,
      cpSynced: () => {
        copy();
        execFileSync('sync', [join(work, 'out.iso')]);
      },
      hash: () => execFileSync('openssl', ['dgst', '-sha256', input], { stdio: 'ignore' }),
      first: () => build(FIRST),
      again: () => build(AGAIN),
      synced: () => build({ ...AGAIN, sync: true }),
      grow: () => build({ ...FIRST, grow: true }),
    };
    await setTimeout(SETTLED);
    await build(AGAIN);
    const warm = await measureAll(rows, runs, false);
    const usual = await measureAll({ usual: usualWay }, 1, false);
    const cold = await measureAll({ cp: rows.cp, first: rows.first, again: rows.again }, runs, true);
    const large = join(work, 'large.iso');
    copyFileSync(input, large);
    execFileSync('truncate', ['-s', '4G', large]);
    const { inspect } = await measureAll({ inspect: () => inspectFile(large) }, runs, false);
    rmSync(large);
    const megabytes = Math.round(statSync(input).size / 1e6);
    const reflink = await measureReflink(runs);
    return { megabytes, warm: { ...warm, ...usual }, cold, inspect, reflink };
  } finally {
    rmSync(work, { recursive: true });
  }
}

let work = '';
let input = '';

/** On a filesystem in a file, so that what its device wrote can be counted: data, directories and journal. */
async function measureReflink(runs: number): Promise<IsoTimes['reflink']> {
  const [image, place] = [join(work, 'xfs.img'), join(work, 'xfs')];
  const before = { work, input };
  if (process.getuid?.() !== 0) return undefined;
  mkdirSync(place);
  execFileSync('truncate', ['-s', '2G', image]);
  try {
    execFileSync('mkfs.xfs', ['-q', '-m', 'reflink=1', image]);
  } catch {
    return undefined;
  }
  execFileSync('mount', ['-o', 'loop', image, place]);
  try {
    input = join(place, 'in.iso');
    work = place;
    copyFileSync(before.input, input);
    const device = execFileSync('findmnt', ['-n', '-o', 'SOURCE', place], { encoding: 'utf8' }).trim();
    const countWritten = () => {
      execFileSync('sync', ['-f', place]);
      // Sectors of 512 bytes (Documentation/block/stat.rst).
      return (
        Number(
          readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
            .trim()
            .split(/\s+/)[6],
        ) * 512
      );
    };
    const { grow } = await measureAll({ grow: () => build({ ...FIRST, grow: true }) }, runs, false);
    rmSync(join(place, 'out.iso'));
    const start = countWritten();
    await build({ ...FIRST, grow: true });
    return { seconds: grow, written: countWritten() - start };
  } finally {
    ({ work, input } = before);
    execFileSync('umount', [place]);
  }
}

async function build({ again, ...way }: Way): Promise<void> {
  await buildImage(createRunner({ environment: process.env }), {
    guest: 'web1',
    preseed: PRESEED,
    initrdFiles: [],
    overlays: [],
    installerArguments: INSTALLER_ARGUMENTS,
    targetArguments: TARGET_ARGUMENTS,
    menuSeconds: 10,
    relightVersion: '0.0.0',
    input,
    output: join(work, 'out.iso'),
    origin: { insecure: true },
    ...way,
    knownHashes: again ? join(work, 'hashes.json') : undefined,
    force: true,
    eraseDisks: false,
  });
}

/** What the wiki and most scripts do (https://wiki.debian.org/DebianInstaller/Preseed/EditIso). */
const USUAL = `set -e
xorriso -osirrox on -indev "$1" -extract / tree >/dev/null 2>&1
chmod -R +w tree
dd if="$1" bs=1 count=432 of=isohdpfx.bin 2>/dev/null
for initrd in tree/install.amd/initrd.gz tree/install.amd/gtk/initrd.gz; do
  gunzip "$initrd"
  echo preseed.cfg | cpio -H newc -o -A -F "\${initrd%.gz}" 2>/dev/null
  gzip "\${initrd%.gz}"
done
(cd tree && find . -follow -type f ! -name md5sum.txt -print0 2>/dev/null | xargs -0 md5sum > ../md5sum.txt; mv ../md5sum.txt .)
xorriso -as mkisofs -r -V usual -o out.iso -J -joliet-long -isohybrid-mbr isohdpfx.bin -b isolinux/isolinux.bin -c isolinux/boot.cat \\
  -boot-load-size 4 -boot-info-table -no-emul-boot -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat tree >/dev/null 2>&1`;

function usualWay(): void {
  const directory = join(work, 'usual');
  mkdirSync(directory);
  writeFileSync(join(directory, 'preseed.cfg'), PRESEED);
  execFileSync('bash', ['-c', USUAL, 'usual', input], { cwd: directory });
  rmSync(directory, { recursive: true });
}

/** Takes the input's pages out of the cache, without touching anybody else's. */
function makeCold(): void {
  execFileSync('sync', [input]);
  execFileSync('dd', [`if=${input}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
}

async function measureAll<Name extends string>(
  ways: Readonly<Record<Name, () => unknown>>,
  runs: number,
  cold: boolean,
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < runs; round += 1) {
    for (const name of names) {
      rmSync(join(work, 'out.iso'), { force: true });
      execFileSync('sync');
      if (cold) makeCold();
      else execFileSync('cat', [input], { stdio: ['ignore', 'ignore', 'ignore'] });
      const started = performance.now();
      await ways[name]();
      times.get(name)?.push((performance.now() - started) / 1000);
    }
  }
  const median = (list: readonly number[] = []) =>
    [...list].sort((left, right) => left - right)[Math.floor(list.length / 2)] ?? Number.NaN;
  return Object.fromEntries(names.map((name) => [name, median(times.get(name))])) as Record<Name, number>;
}

function copy(): void {
  execFileSync('cp', [input, join(work, 'out.iso')]);
}

async function inspectFile(path: string): Promise<void> {
  const source = await openFileSource(path);
  await inspectImage(source);
  await source.close();
}
