// Standard images: bake and restore, beside mmdebstrap, cp, dd and the ways of xen-create-image, on the same disk.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePlan, readTimes, run } from './plans.mjs';

const SITE = `relight: 1
host: { hypervisor: qemu }
networks: { lan: { mode: bridge, bridge: xenbr0 } }
`;
const GUEST = `name: web1
suite: bookworm
guest: hvm
boot: bios
install: image:base
memory: 512MiB
disks: { root: { size: 4GiB } }
nics: [ { network: lan, address: dhcp } ]
`;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const VOLUME_BYTES = '4G';

/**
 * Seconds of each, a list for every round. Needs root, mmdebstrap, debootstrap and the archive. The disk is that of
 * BENCH_DIR; everything that is written is on it when the clock stops.
 */
export function measureImage(program, rounds) {
  const work = mkdtempSync(join(process.env.BENCH_DIR ?? '/var/tmp', 'relight-bench-'));
  const bench = { program, work, site: join(work, 'site') };
  try {
    mkdirSync(join(bench.site, 'images'), { recursive: true });
    mkdirSync(join(bench.site, 'domus'));
    writeFileSync(join(bench.site, 'site.yaml'), SITE);
    writeFileSync(join(bench.site, 'domus/web1.yaml'), GUEST);
    changeFile(bench, 'lock');
    // Makes the lock; the archive's files are then as near as they are for mmdebstrap.
    bake(bench, join(work, 'lock'));
    rmSync(join(work, 'lock'), { recursive: true });
    const times = { bare: [], bake: [], copy: [], change: [], restore: [], dd: [], debootstrap: [], tar: [] };
    for (let round = 0; round < rounds; round += 1) measureRound(bench, times, join(work, 'state'), round);
    return times;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function measureRound(bench, times, state, round) {
  const lock = JSON.parse(readFileSync(join(bench.site, 'images/base.lock'), 'utf8'));
  times.bare.push(runBare(bench, lock));
  times.bake.push(bake(bench, state));
  times.copy.push(copyLayer(bench, state));
  changeFile(bench, `round ${round}`);
  times.change.push(bake(bench, state));
  times.restore.push(restore(bench, state));
  times.dd.push(runDd(bench, state));
  times.debootstrap.push(runDebootstrap(bench, lock));
  times.tar.push(unpackTar(bench, state));
  rmSync(state, { recursive: true });
}

function changeFile({ site }, text) {
  const files = `files: [ { text: "${text}", to: /etc/motd } ]`;
  writeFileSync(join(site, 'images/base.yaml'), `suite: bookworm\n${files}\n`);
}

function bake({ program, site }, state) {
  return run([process.execPath, program, 'image', 'bake', 'base', '--site', site], { RELIGHT_STATE: state });
}

function runBare({ work }, lock) {
  const target = join(work, 'bare');
  const sources = lock.sources.map(
    ({ url, suite, components }) => `deb [signed-by=${KEYRING}] ${url} ${suite} ${components.join(' ')}`,
  );
  const include = `--include=${lock.request.join(',')}`;
  const seconds = run([
    'mmdebstrap',
    '--mode=root',
    '--variant=minbase',
    include,
    lock.suite,
    target,
    ...sources,
  ]);
  rmSync(target, { recursive: true, force: true });
  return seconds;
}

/** What nobody gets round who keeps the layer as it is. */
function copyLayer({ work }, state) {
  const layers = join(state, 'bake/layers/base');
  const copy = join(work, 'copy');
  const [layer] = readdirSync(layers);
  const seconds = run(['cp', '-a', join(layers, layer, 'tree'), copy]);
  rmSync(copy, { recursive: true });
  return seconds;
}

/** Blocks onto the volume, partition table, UUID, grown: what stands in the place of a bootstrap. */
function restore({ program, site, work }, state) {
  const { file } = makePlan(program, { site, guest: 'web1', state, work, last: 'restore-image' });
  const argv = ['rebuild', 'web1', '--site', site, '--plan', file, '--yes'];
  run([process.execPath, program, ...argv], { RELIGHT_STATE: state });
  const seconds = readTimes(state, 'web1')('restore-image', 'restore-image');
  rmSync(join(state, 'volumes'), { recursive: true });
  return seconds;
}

/** dd(1) of as many bytes as the image has in use, out of memory like the chunks. */
function runDd({ work }, state) {
  const manifest = join(state, 'images/manifests');
  const bytes = Math.max(
    ...readdirSync(manifest).map(
      (name) => JSON.parse(readFileSync(join(manifest, name), 'utf8')).filesystem.dataBytes,
    ),
  );
  const from = join(work, 'used');
  const to = join(work, 'dd');
  run(['dd', 'if=/dev/urandom', `of=${from}`, 'bs=4M', 'iflag=count_bytes', `count=${bytes}`, 'conv=fsync']);
  const seconds = run(['dd', `if=${from}`, `of=${to}`, 'bs=4M', 'conv=fsync']);
  for (const path of [from, to]) rmSync(path);
  return seconds;
}

/** xen-create-image with `install-method = debootstrap`: into a mounted volume. */
function runDebootstrap({ work }, lock) {
  const [{ url }] = lock.sources;
  const include = `--include=${lock.request.join(',')}`;
  return onVolume(work, (root) => ['debootstrap', '--variant=minbase', include, lock.suite, root, url]);
}

/** xen-create-image with `install-method = tar`: an archive of a finished root into a mounted volume. */
function unpackTar({ program, work }, state) {
  const archive = join(work, 'root.tar.zst');
  const argv = ['image', 'export', 'base', '--format', 'tar.zst', '-o', archive];
  run([process.execPath, program, ...argv], { RELIGHT_STATE: state });
  const seconds = onVolume(work, (root) => ['tar', '--numeric-owner', '--zstd', '-xf', archive, '-C', root]);
  rmSync(archive);
  return seconds;
}

/** A new ext4 volume, mounted, filled by a command, unmounted, on the disk. */
function onVolume(work, makeArgv) {
  const volume = join(work, 'volume');
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true });
  let seconds = run(['truncate', '-s', VOLUME_BYTES, volume]);
  seconds += run(['mke2fs', '-q', '-t', 'ext4', volume]) + run(['mount', '-o', 'loop', volume, root]);
  try {
    seconds += run(makeArgv(root));
  } finally {
    const started = performance.now();
    execFileSync('umount', [root]);
    seconds += (performance.now() - started) / 1000;
  }
  seconds += run(['sync', volume]);
  rmSync(volume);
  return seconds;
}
