import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeWorld } from './lanes.ts';
import { GUEST, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  world.save();
}, 120_000);
beforeEach(() => world.restore());
afterAll(() => rmSync(dirname(world.directory), { recursive: true, force: true }));

/** Waits until a command has been called. */
async function waitForCall(name: string): Promise<void> {
  while (!world.fake.calls().some(([program]) => program === name)) await pause(50);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('of twenty rebuilds of one guest at once exactly one runs, the others exit 10 and name it (P14)', async () => {
  world.fake.setFaults('mmdebstrap:1=wait');
  const starts = Array.from({ length: 20 }, () => world.relight('rebuild', 'web1', '--yes'));
  let refused = 0;
  for (const start of starts) start.then(({ status }) => (refused += status === 10 ? 1 : 0));
  while (refused < 19) await pause(50);
  world.fake.setFaults();
  const runs = await Promise.all(starts);
  expect(runs.filter(({ status }) => status === 0)).toHaveLength(1);
  for (const run of runs.filter(({ status }) => status !== 0)) {
    expect(run.stderr).toMatch(/error\[RL0620\]: the guest is held by process \d+ \(relight rebuild web1\)/);
  }
  expect(world.fake.calls().filter(([name]) => name === 'mmdebstrap')).toHaveLength(1);
}, 600_000);

test('the orphan of a killed rebuild holds the guest; then rollback ends clean (P14)', async () => {
  world.fake.setFaults('mmdebstrap:1=wait');
  const run = world.relight('rebuild', 'web1', '--yes');
  await waitForCall('mmdebstrap');
  const holder = await world.relight('resume', 'web1');
  expect(holder.status).toBe(10);
  process.kill(Number(/process (\d+) /.exec(holder.stderr)?.[1]), 'SIGKILL');
  await run;
  const orphan = await world.relight('rollback', 'web1');
  expect(orphan.status).toBe(10);
  expect(orphan.stderr).toMatch(/has died, but what it started still runs: .*mmdebstrap/s);
  expect(orphan.stderr).toMatch(/hint: wait for them to end, or: kill \d+/);
  const status = await world.relight('status', 'web1');
  expect(status.stdout).toMatch(/UNFINISHED {2}operation [0-9a-f]+ stopped at: bootstrap-root\n/);
  expect(status.stdout).toMatch(
    /relight has died; what it started still runs: .*\n +first: .* kill \d+.*\n +next: /,
  );
  expect(status.stdout).not.toContain('at work');
  const watched = await world.relight('watch', 'web1');
  expect(watched.stdout).toContain('web1: relight has died, and it is not finished: relight status web1');
  world.fake.setFaults();
  await world.settle();
  expect((await world.relight('rollback', 'web1')).status).toBe(0);
  expect(world.volumes()).toEqual(['vg0/web1-srv relight.state=kept']);
}, 600_000);

test('Ctrl-C while apt is asked for its archives is an interruption, not a missing archive', async () => {
  world.fake.setFaults('apt-get:1=wait');
  const run = world.relight('rebuild', 'web1', '--yes');
  await waitForCall('apt-get');
  const holder = await world.relight('resume', 'web1');
  process.kill(Number(/process (\d+) /.exec(holder.stderr)?.[1]), 'SIGINT');
  const { status, stderr } = await run;
  expect(status, stderr).toBe(130);
  expect(stderr).toContain('RL0604');
  expect(world.volumes()).toEqual([]);
}, 600_000);

test('Ctrl-C ends with 130, names both ways on, and resume finishes', async () => {
  world.fake.setFaults('mmdebstrap:1=wait');
  const run = world.relight('rebuild', 'web1', '--yes');
  await waitForCall('mmdebstrap');
  const holder = await world.relight('resume', 'web1');
  process.kill(Number(/process (\d+) /.exec(holder.stderr)?.[1]), 'SIGINT');
  const ended = await run;
  expect(ended.status, ended.stderr).toBe(130);
  expect(ended.stderr).toContain('relight resume web1');
  expect(ended.stderr).toContain('relight rollback web1');
  world.fake.setFaults();
  const resumed = await world.relight('resume', 'web1');
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(world.domains()).toEqual(['web1']);
}, 600_000);

const CANARY = 'c4nary-Zq81-hush';

test('a secret is in no argument, environment, log, journal, error or readable file (P20)', async () => {
  world.write(
    'site/domus/web1.yaml',
    GUEST.replace(/password: \{ hash: "[^"]*" \}/, `password: { file: ${world.directory}/site/canary }`),
  );
  world.write('site/canary', `${CANARY}\n`);
  world.fake.setFaults('xl create:1=exit 1');
  const seen: string[] = [];
  let polls = 0;
  let isOver = false;
  const poll = async () => {
    for (; !isOver; polls += 1) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        for (const file of ['cmdline', 'environ']) {
          const text = readOrNothing(`/proc/${pid}/${file}`);
          if (text.includes(CANARY)) seen.push(`${file} of ${readOrNothing(`/proc/${pid}/cmdline`)}`);
        }
      }
      await pause(5);
    }
  };
  const polling = poll();
  // It fails at the trial boot, long after the password was set.
  const failed = await world.relight('rebuild', 'web1', '--yes', '-v');
  isOver = true;
  await polling;
  expect(failed.status, failed.stderr).toBe(1);
  expect(polls).toBeGreaterThan(5);
  expect(seen).toEqual([]);
  expect(world.fake.calls().some((call) => call.includes('chpasswd'))).toBe(true);
  expect(failed.stdout + failed.stderr).not.toContain(CANARY);
  world.fake.setFaults();
  expect((await world.relight('rebuild', 'web1', '--yes')).status).toBe(0);
  const hits = grep(CANARY, world.state, `${world.directory}/xen`, world.fake.directory);
  expect(hits).toEqual([]);
  // The hash that was made of it is as good as the password: no log and no journal has it either.
  expect(grep('\\$y\\$j9T\\$', world.state, `${world.directory}/xen`)).toEqual([]);
  // Public halves, and Debian's own kernel below a directory that only root may enter.
  const readable = listReadable(world.state).filter(
    (path) => !/identity\/.*\.pub$|\/boot\/\w+\/(vmlinuz|initrd\.img)$/.test(path),
  );
  expect(readable).toEqual([]);
  expect(statSync(`${world.state}/guests/web1/boot/${world.live}`).mode & 0o077).toBe(0);
}, 600_000);

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function grep(pattern: string, ...directories: string[]): string[] {
  try {
    return execFileSync('grep', ['-rla', '-e', pattern, ...directories], { encoding: 'utf8' })
      .trim()
      .split('\n');
  } catch {
    return [];
  }
}

/** Files that group or others may read or write, as `find -perm /077` lists them. */
function listReadable(directory: string): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map(
    (name) => `${directory}/${name}`,
  );
  return files.filter((path) => {
    const stats = statSync(path);
    return stats.isFile() && (stats.mode & 0o077) !== 0;
  });
}
