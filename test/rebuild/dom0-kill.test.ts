import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SandboxMachine } from './dom0/machine.ts';

/**
 * kill -9 of `dom0 setup` at its changes of the machine: before and after each, some of them unless RELIGHT_SWEEP=all.
 * The next setup says that one is unfinished; `resume` makes what an undisturbed setup makes, `rollback` what was before.
 */
const ALL = process.env.RELIGHT_SWEEP === 'all';
/** Places between two that are tried. */
const STRIDE = ALL ? 1 : 14;
const SETUP = ['dom0', 'setup', '--storage', '/dev/shm/sdb', '--yes'];

let machine: SandboxMachine;
let before: string[];
let done: string[];
let changes = 0;

interface Run {
  readonly status: number | null;
  readonly signal: string | null;
  readonly output: string;
}

function relight(...words: string[]): Promise<Run> {
  const [file = '', ...args] = machine.argv(...words);
  const env = { ...process.env, ...machine.environment };
  return new Promise((resolve) => {
    const child = execFile(file, args, { env }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode, signal: child.signalCode, output: `${stdout}${stderr}` }),
    );
  });
}

async function succeed(...words: string[]): Promise<string> {
  const { status, output } = await relight(...words);
  expect(status, `${words.join(' ')}\n${output}`).toBe(0);
  return output;
}

beforeAll(async () => {
  machine = await SandboxMachine.create();
  machine.reset();
  before = machine.snapshot();
}, 120_000);
afterAll(() => machine?.remove());

test('undisturbed it sets all up, has nothing to do then, and is taken back as a whole', async () => {
  await succeed(...SETUP);
  changes = machine.changes;
  done = machine.snapshot();
  expect(changes).toBeGreaterThan(20);
  expect(await succeed('dom0', 'setup', '--yes')).toContain('Nothing to do.');
  await succeed('rollback', 'dom0', '--yes');
  expect(machine.snapshot()).toEqual(before);
}, 120_000);

test('not root: refused before anything is looked at', async () => {
  const argv = [join(machine.directory, 'relight.mjs'), 'dom0', 'setup', '--yes'];
  const site = ['--site', join(machine.directory, 'site')];
  const env = { ...process.env, ...machine.environment };
  const run = await new Promise<Run>((resolve) => {
    const child = execFile(
      process.execPath,
      [...argv, ...site],
      { env, uid: 65_534 },
      (_error, stdout, stderr) =>
        resolve({ status: child.exitCode, signal: child.signalCode, output: `${stdout}${stderr}` }),
    );
  });
  expect(run.status, run.output).toBe(4);
  expect(run.output).toContain('RL0751');
});

test.each([
  ['instead', 'resume', 1],
  ['after', 'rollback', 4],
  ['instead', 'rollback', 8],
  ['after', 'resume', 11],
] as const)(
  'killed %s of a change, then %s',
  async (when, way, first) => {
    expect(changes, 'the undisturbed setup comes first').toBeGreaterThan(20);
    for (let number = ALL ? 1 : first; number <= changes; number += STRIDE) {
      machine.reset();
      machine.killAt(number, when);
      const killed = await relight(...SETUP);
      expect(killed.signal, killed.output).toBe('SIGKILL');
      machine.killAt(0, 'after');
      const refused = await relight('dom0', 'setup', '--yes');
      expect(refused.status, `${number}: ${refused.output}`).toBe(4);
      expect(refused.output).toContain('RL1414');
      await succeed(way, 'dom0');
      expect(machine.snapshot(), `${way} after ${number}`).toEqual(way === 'resume' ? done : before);
      if (way === 'resume') expect(await succeed('dom0', 'setup', '--yes')).toContain('Nothing to do.');
    }
  },
  900_000,
);
