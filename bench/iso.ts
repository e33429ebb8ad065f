import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectImage } from '../src/iso/inspect.ts';
import { INSTALLER_ARGUMENTS, TARGET_ARGUMENTS } from '../src/iso/remaster/request.ts';
import { openFileSource } from '../src/run/byte-source.ts';
import { buildImage } from '../src/run/image-build.ts';
import { createRunner } from '../src/run/runner-spawn.ts';
import { buildLookalike } from '../test/support/netinst-lookalike.ts';

/**
 * Remastering a 700 MB image side by side: cp, relight, relight --grow, and the usual way (extract, repack the initrd,
 * rebuild). Medians of RUNS runs, in seconds, on the same disk (BENCH_DIR), with the input's pages in memory and without.
 * relight syncs what it writes and hashes what it reads, so `cp` followed by `sync` is the fair measure.
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const FILLER_BYTES = 550_000_000;
const PRESEED = '#_preseed_V1\nd-i partman-auto/disk string /dev/vda\n';

const work = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'relight-bench-'));
const input = await buildLookalike('trixie', FILLER_BYTES);

async function build(grow: boolean): Promise<void> {
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
    grow,
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

async function measure(run: () => unknown, cold: boolean): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < RUNS; round += 1) {
    rmSync(join(work, 'out.iso'), { force: true });
    execFileSync('sync');
    if (cold) makeCold();
    else execFileSync('cat', [input], { stdio: ['ignore', 'ignore', 'ignore'] });
    const started = performance.now();
    await run();
    times.push((performance.now() - started) / 1000);
  }
  return times.sort((left, right) => left - right)[Math.floor(RUNS / 2)] ?? Number.NaN;
}

function copy(): void {
  execFileSync('cp', ['--reflink=never', input, join(work, 'out.iso')]);
}

const rows: [string, () => unknown][] = [
  ['cp', copy],
  [
    'cp, then sync of the file',
    () => {
      copy();
      execFileSync('sync', [join(work, 'out.iso')]);
    },
  ],
  ['relight iso build', () => build(false)],
  ['relight iso build --grow', () => build(true)],
  ['the usual way', usualWay],
];
console.log(
  `| ${(statSync(input).size / 1e6).toFixed(0)} MB image | warm (s) | cold (s) | warm / (cp and sync) |\n|---|---|---|---|`,
);
let copyTime = Number.NaN;
for (const [name, run] of rows) {
  const warm = await measure(run, false);
  const cold = name === 'the usual way' ? Number.NaN : await measure(run, true);
  if (name.startsWith('cp, then')) copyTime = warm;
  const ratio = Number.isNaN(copyTime) ? '' : (warm / copyTime).toFixed(2);
  console.log(`| ${name} | ${warm.toFixed(2)} | ${Number.isNaN(cold) ? '' : cold.toFixed(2)} | ${ratio} |`);
}
const large = join(work, 'large.iso');
copyFileSync(input, large);
execFileSync('truncate', ['-s', '4G', large]);
const inspect = await measure(async () => {
  const source = await openFileSource(large);
  await inspectImage(source);
  await source.close();
}, false);
console.log(
  `\ninspect of 4 GiB: ${inspect.toFixed(3)} s; peak memory of all of it: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
);
rmSync(work, { recursive: true });
