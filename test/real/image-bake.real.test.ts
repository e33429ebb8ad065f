import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../src/plan/types.ts';
import { openImageStore } from '../../src/run/image-store.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { bundleFile } from '../support/bundle.ts';

/**
 * Bakes an image for real on two machines (two state directories that share nothing but the lock), changes a file, and
 * boots a guest that was restored from it. Needs root, the machine's own apt sources, mmdebstrap and QEMU.
 */
const MINUTES = 60_000;
let directory = '';
let program = '';
const path = (name: string) => join(directory, name);

interface Run {
  readonly status: number | null;
  readonly all: string;
}

/** A machine: its state and site, and how it differs from others. */
interface Machine {
  readonly state: string;
  readonly site: string;
  readonly hostname: string;
  readonly umask: string;
  readonly environment: Readonly<Record<string, string>>;
}

const ONE: Machine = {
  ...{ state: 'one/state', site: 'one/site', hostname: 'one', umask: '022' },
  environment: { TZ: 'UTC', LC_ALL: 'C.UTF-8' },
};
const OTHER: Machine = {
  ...{ state: 'elsewhere/with/a/longer/path', site: 'elsewhere/site', hostname: 'other', umask: '077' },
  environment: { TZ: 'Pacific/Kiritimati', LC_ALL: 'hu_HU.UTF-8', LANGUAGE: 'hu' },
};

/** The program in a UTS namespace of its own, for the hostname. */
function start(machine: Machine, words: readonly string[]): { child: ChildProcess; run: Promise<Run> } {
  const script = 'hostname "$1"; umask "$2"; shift 2; exec "$@"';
  const argv = ['--uts', 'sh', '-ec', script, 'sh', machine.hostname, machine.umask];
  const relight = [process.execPath, program, ...words, '--site', path(machine.site)];
  const child = spawn('unshare', [...argv, ...relight], {
    env: { ...process.env, ...machine.environment, RELIGHT_STATE: path(machine.state), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let all = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (all += String(text)));
  const run = new Promise<Run>((done) => child.once('close', (status) => done({ status, all })));
  return { child, run };
}

const relight = (machine: Machine, ...words: string[]) => start(machine, words).run;

const openStore = (machine: Machine) =>
  openImageStore(path(`${machine.state}/images`), createRunner({ environment: process.env }));

/** Names of the directories that the bakes of a machine work in. */
function listWork(machine: Machine): string[] {
  const work = path(`${machine.state}/bake/work`);
  return existsSync(work) ? readdirSync(work) : [];
}

/** Bytes that are written of all volumes. */
function countVolumeBytes(): number {
  const volumes = path(`${ONE.state}/volumes`);
  const names = existsSync(volumes) ? readdirSync(volumes) : [];
  return names.reduce(
    (sum, name) => sum + (statSync(join(volumes, name), { throwIfNoEntry: false })?.blocks ?? 0) * 512,
    0,
  );
}

async function until(isTime: () => boolean, child: ChildProcess): Promise<void> {
  while (!isTime() && child.exitCode === null) await new Promise((done) => setTimeout(done, 20));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(path(file)), { recursive: true });
  writeFileSync(path(file), text);
}

const IMAGE =
  'suite: bookworm\nfiles:\n  - { text: "Baked.\\n", to: /etc/motd }\nrun: ["systemctl disable fstrim.timer"]\n';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-bake-'));
  program = path('relight.mjs');
  await bundleFile('src/cli.ts', program);
  write('one/site/site.yaml', SITE);
  write('one/site/domus/web.yaml', GUEST);
  write('one/site/images/base.yaml', IMAGE);
  const { child, run } = start(ONE, ['image', 'bake', 'base']);
  await until(() => listWork(ONE).length > 0, child);
  const second = await relight(ONE, 'image', 'bake', 'base');
  expect(second.status, second.all).toBe(10);
  expect(second.all).toMatch(/error\[RL0620\]: the image base is held by process \d+/);
  const baked = await run;
  expect(baked.status, baked.all.slice(-4000)).toBe(0);
}, 20 * MINUTES);

afterAll(() => rmSync(directory, { recursive: true, force: true }), MINUTES);

// The emulator keeps one core busy and dpkg the other.
test.concurrent(
  'with the lock, another machine bakes the same image in every bit, after a bake that was killed too',
  async () => {
    cpSync(path(ONE.site), path(OTHER.site), { recursive: true });
    const { child, run } = start(OTHER, ['image', 'bake', 'base']);
    const isInstalling = () =>
      listWork(OTHER).some((name) => existsSync(path(`${OTHER.state}/bake/work/${name}/layer/tree/etc`)));
    await until(isInstalling, child);
    child.kill('SIGKILL');
    await run;
    expect(child.signalCode).toBe('SIGKILL');
    expect(openStore(OTHER).list()).toEqual([]);
    let baked = await relight(OTHER, 'image', 'bake', 'base');
    // What the killed one had started may still hold the image: it is waited for, as its message says.
    while (baked.status === 10) baked = await relight(OTHER, 'image', 'bake', 'base');
    expect(baked.status, baked.all.slice(-4000)).toBe(0);
    expect(baked.all).toContain('was cut off: it is taken back');
    expect(openStore(OTHER).find('base').hash).toBe(openStore(ONE).find('base').hash);
  },
  20 * MINUTES,
);

test.concurrent(
  'a guest that is restored from it, killed in the middle and resumed, passes the end-state check and boots',
  async () => {
    const file = path('plan.json');
    const planned = await relight(ONE, 'plan', 'web', '-o', file);
    expect(planned.status, planned.all).toBe(0);
    const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan;
    expect(plan.route).toBe('image:base');
    // What comes after the trial boot is the same on every route, and has a test of its own.
    const last = plan.actions.findIndex(({ phase }) => phase === 'verify');
    writeFileSync(file, JSON.stringify({ ...plan, actions: plan.actions.slice(0, last + 1) }));
    const { child, run: killed } = start(ONE, ['rebuild', 'web', '--plan', file, '--yes']);
    await until(() => countVolumeBytes() > 32 * 1024 * 1024, child);
    child.kill('SIGKILL');
    await killed;
    expect(child.signalCode).toBe('SIGKILL');
    let run = await relight(ONE, 'resume', 'web');
    // The zstd of the killed one may still hold the guest.
    while (run.status === 10) run = await relight(ONE, 'resume', 'web');
    expect(run.status, run.all.slice(-4000)).toBe(0);
    expect(run.all).toMatch(/verify: boot it as web~verify.*: done/);
  },
  20 * MINUTES,
);

test(
  'a changed file installs nothing again, and most chunks stay as they were',
  async () => {
    const [before] = openStore(ONE).list();
    write('one/site/images/base.yaml', IMAGE.replace('Baked.', 'Baked again.'));
    const baked = await relight(ONE, 'image', 'bake', 'base');
    expect(baked.status, baked.all.slice(-4000)).toBe(0);
    expect(baked.all).not.toContain('by mmdebstrap');
    const store = openStore(ONE);
    const now = store.find('base');
    expect(now.hash).not.toBe(before?.hash);
    const old = new Set(store.readManifest(store.find(`base@${before?.hash}`)).chunks.map(({ id }) => id));
    const { chunks } = store.readManifest(now);
    expect(chunks.filter(({ id }) => !old.has(id)).length).toBeLessThan(chunks.length / 4);
    // The layers do not show in the image: what it was before comes again with the same hash.
    write('one/site/images/base.yaml', IMAGE);
    const back = await relight(ONE, 'image', 'bake', 'base');
    expect(back.status, back.all.slice(-4000)).toBe(0);
    expect(openStore(ONE).find('base').hash).toBe(before?.hash);
  },
  10 * MINUTES,
);

test(
  'a renewed lock says what has changed; a new setuid file must be accepted',
  async () => {
    const file = path('one/site/images/base.lock');
    const fresh = readFileSync(file, 'utf8');
    const lock = JSON.parse(fresh) as { packages: { name: string; version: string }[] };
    const old = lock.packages.filter(({ name }) => name !== 'zstd');
    const adduser = old.find(({ name }) => name === 'adduser');
    Object.assign(adduser ?? {}, { version: '3.100' });
    writeFileSync(file, JSON.stringify({ ...lock, packages: old }));
    const updated = await relight(ONE, 'image', 'bake', 'base', '--update');
    expect(updated.status, updated.all.slice(-4000)).toBe(0);
    expect(updated.all).toMatch(
      /Packages that changed:\n {2}adduser {2}3\.100 -> \S+\n {2}zstd {2}\(new\) -> \S+\n(?! {2}\S)/,
    );
    expect(updated.all).not.toContain('by mmdebstrap');
    expect(readFileSync(file, 'utf8')).toBe(fresh);
    write('one/site/images/base.yaml', `${IMAGE.trimEnd().slice(0, -1)}, "chmod 4755 /usr/bin/true"]\n`);
    const refused = await relight(ONE, 'image', 'bake', 'base');
    expect(refused.status).toBe(1);
    expect(refused.all).toContain('were not in the image before: 4755 /usr/bin/true');
    const accepted = await relight(ONE, 'image', 'bake', 'base', '--accept-setuid');
    expect(accepted.status, accepted.all.slice(-4000)).toBe(0);
  },
  10 * MINUTES,
);

const SITE = `relight: 1
host: { hypervisor: qemu }
networks: { lan: { mode: bridge, bridge: xenbr0 } }
`;
const GUEST = `name: web
suite: bookworm
guest: hvm
boot: bios
install: image:base
memory: 512MiB
disks: { root: { size: 2GiB } }
nics: [ { network: lan, address: 192.0.2.10/24 } ]
`;
