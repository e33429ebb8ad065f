// `npm run bench`: how long relight takes, each beside something to compare it with, in one run.
//   npm run bench -- start check plan lint iso bootstrap image   only these; BENCH_RUNS and BENCH_BOOTSTRAP_RUNS (bootstrap,
//   image) set the rounds, BENCH_DIR the disk for iso, bootstrap and image
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProgram, installModules, PROGRAM, ROOT } from '../scripts/prepare.mjs';
import { measureBootstrap } from './bootstrap.mjs';
import { measureImage } from './image.mjs';
import { makeSite } from './make-site.mjs';

const GUESTS = 1000;
const LINT_LINES = 10_000;
const RUNS = Number(process.env.BENCH_RUNS ?? 15);
const BOOTSTRAP_RUNS = Number(process.env.BENCH_BOOTSTRAP_RUNS ?? 1);
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
const rows = [];

installModules();
buildProgram();
const work = mkdtempSync(join(tmpdir(), 'relight-bench-'));
try {
  if (isWanted('start')) compareStart();
  if (isWanted('check') || isWanted('plan')) await compareSite();
  if (isWanted('lint')) compareLint();
  if (isWanted('iso')) await compareIso();
  if (isWanted('bootstrap')) compareBootstrap();
  if (isWanted('image')) compareImage();
} finally {
  rmSync(work, { recursive: true, force: true });
}
printTable();
process.exitCode = rows.some((row) => row.verdict === 'MISSED') ? 1 : 0;

function compareStart() {
  const [bare, relight] = measurePair(
    [process.execPath, '-e', '0'],
    [process.execPath, PROGRAM, '--version'],
    RUNS,
  );
  addRow(
    'start-up: relight --version',
    relight,
    'node -e 0',
    bare,
    (relight - bare) * 1000 <= 100,
    'at most 100 ms more',
  );
}

async function compareSite() {
  const site = join(work, 'site');
  makeSite(site, GUESTS);
  const { measureInProcess } = await loadBundle('in-process');
  const { yaml, parse, plan, actions } = measureInProcess(site);
  if (isWanted('check')) {
    const argv = [process.execPath, PROGRAM, 'check', '--site', site];
    const [bare, check] = measurePair([process.execPath, '-e', '0'], argv, Math.min(RUNS, 7));
    addRow(`check of ${GUESTS} guests, whole program`, check, 'node -e 0', bare, check < 2, 'under 2 s');
    addRow(`check of ${GUESTS} guests, in process`, parse, 'the YAML library alone', yaml);
  }
  if (isWanted('plan')) {
    addRow(`plan of ${GUESTS} guests (${actions} actions)`, plan, 'check, in process', parse);
  }
}

/** A preseed of relight's own, with thousands of further repositories behind it: nothing in it is wrong. */
function compareLint() {
  const file = join(work, 'preseed.cfg');
  const own = readFileSync(join(ROOT, 'test/golden/preseed/static-address-trixie.cfg'), 'utf8').split('\n');
  const more = Array.from({ length: LINT_LINES - own.length }, (_, index) => {
    const name = `d-i apt-setup/local${index >> 1}`;
    return index % 2 === 0
      ? `${name}/repository string http://mirror.example.org/r${index} trixie main`
      : `${name}/comment string repository ${index}`;
  });
  writeFileSync(file, [...own, ...more, ''].join('\n'));
  const rounds = Math.min(RUNS, 7);
  const lint = [process.execPath, PROGRAM, 'lint', file];
  const [start, ours] = measurePair([process.execPath, PROGRAM, '--version'], lint, rounds);
  const [theirs] = measurePair(['debconf-set-selections', '--checkonly', file], lint, rounds);
  const what = `lint of ${LINT_LINES} lines`;
  addRow(
    `${what}, beyond the start`,
    ours - start,
    'relight --version',
    start,
    ours - start < 0.5,
    'under 0.5 s',
  );
  addRow(`${what}, whole program`, ours, 'debconf-set-selections -c', theirs);
}

async function loadBundle(name) {
  const { build } = await import('esbuild');
  const outfile = join(work, `${name}.mjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [`bench/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    define: { RELIGHT_VERSION: '"0.0.0"' },
    loader: { '.sh': 'text', '.hbs': 'text', '.service': 'text' },
    banner: {
      js: "import { createRequire as make } from 'node:module'; const require = make(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

async function compareIso() {
  const { measureIso } = await loadBundle('iso');
  const { megabytes, warm, cold, inspect, reflink } = await measureIso(Math.min(RUNS, 5));
  const limit = 'at most 1.5 times';
  const what = `iso build of ${megabytes} MB`;
  const addBuild = (name, seconds, other, value) =>
    addRow(`${what}, ${name}`, seconds, other, value, seconds <= 1.5 * value, limit);
  addBuild('warm, the first of this input', warm.first, 'cp', warm.cp);
  addBuild('warm, a further one', warm.again, 'cp', warm.cp);
  addBuild('warm, a further one --sync', warm.synced, 'cp, then sync', warm.cpSynced);
  addRow(`${what}, warm, the first of this input`, warm.first, 'its SHA-256 alone', warm.hash);
  addBuild('cold, the first of this input', cold.first, 'cp', cold.cp);
  addBuild('cold, a further one', cold.again, 'cp', cold.cp);
  const isFast = 5 * warm.first <= warm.usual;
  addRow('iso build, warm', warm.first, 'extract, repack, rebuild', warm.usual, isFast, 'at most a fifth');
  addRow('iso build --grow, warm', warm.grow, 'cp', warm.cp);
  if (reflink === undefined) process.stderr.write('iso: reflinks need root and mkfs.xfs, left out\n');
  else {
    const written = `cp; ${(reflink.written / 1e6).toFixed(1)} MB written`;
    const isMet = reflink.seconds <= 1 && reflink.written <= 8e6;
    addRow('iso build --grow, reflink on XFS', reflink.seconds, written, warm.cp, isMet, '1 s and 8 MB');
  }
  addRow('iso inspect of 4 GiB', inspect, 'cp of 700 MB', warm.cp, inspect < 0.3, 'under 0.3 s');
}

function compareBootstrap() {
  if (process.getuid?.() !== 0) {
    process.stderr.write('bootstrap: needs root, left out\n');
    return;
  }
  const times = measureBootstrap(PROGRAM, ROOT, BOOTSTRAP_RUNS);
  const bare = median(times.bare);
  const bootstrap = median(times.bootstrap);
  addRow(
    'bootstrap by relight',
    bootstrap,
    'mmdebstrap alone',
    bare,
    bootstrap / bare <= 1.15,
    'at most 1.15 times',
  );
  addRow('all up to the written volume', median(times.whole), 'mmdebstrap alone', bare);
}

function compareImage() {
  if (process.getuid?.() !== 0) {
    process.stderr.write('image: needs root, left out\n');
    return;
  }
  const times = measureImage(PROGRAM, BOOTSTRAP_RUNS);
  const { bare, bake, copy, change, restore, dd, debootstrap, tar } = Object.fromEntries(
    Object.entries(times).map(([name, each]) => [name, median(each)]),
  );
  const limit = 'at most 1.15 times';
  addRow('image bake from nothing', bake, 'mmdebstrap alone', bare, bake <= 1.15 * bare, limit);
  addRow(
    'image bake, one file changed',
    change,
    'cp -a of the layer',
    copy,
    change - copy < 5,
    'under 5 s more',
  );
  addRow(
    'image restore',
    restore,
    'dd of its used bytes, synced',
    dd,
    restore <= 1.3 * dd,
    'at most 1.3 times',
  );
  addRow('image restore', restore, 'tar into a mounted volume', tar);
  addRow('image restore', restore, 'debootstrap into a mounted volume', debootstrap);
}

/** Medians in seconds of two commands that take turns, so that a busy moment hits both. */
function measurePair(left, right, runs) {
  const times = [[], []];
  for (let round = 0; round <= runs; round += 1) {
    for (const [index, argv] of [left, right].entries()) {
      const started = performance.now();
      const { status, stderr } = spawnSync(argv[0], argv.slice(1), { encoding: 'utf8' });
      const seconds = (performance.now() - started) / 1000;
      if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
      // The first round only warms the caches.
      if (round > 0) times[index].push(seconds);
    }
  }
  return times.map(median);
}

function median(times) {
  const sorted = [...times].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function addRow(what, seconds, against, base, isMet, limit = '') {
  rows.push({
    what,
    seconds,
    against,
    base,
    limit,
    verdict: isMet === undefined ? '' : isMet ? 'met' : 'MISSED',
  });
}

function printTable() {
  const show = (seconds) => (seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`);
  const cells = rows.map((row) => [
    ...[row.what, show(row.seconds), row.against, show(row.base), (row.seconds / row.base).toFixed(2)],
    ...[row.limit, row.verdict],
  ]);
  const table = [['what', 'time', 'against', 'time', 'ratio', 'limit', ''], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const [index, row] of table.entries()) {
    process.stdout.write(`| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`);
    if (index === 0) process.stdout.write(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`);
  }
}
