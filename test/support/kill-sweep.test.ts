import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJournal } from '../../src/journal/codec.ts';
import { readLockHolders } from '../../src/run/lock.ts';
import { type FakeDom0, installFakeDom0 } from '../fake-dom0/install.ts';
import { bundleProgram } from './bundle.ts';
import { sweepFakeCommands, sweepSystemCalls } from './kill-sweep.ts';

/** A rebuild in small: lock, journal, a volume, the rename of a configuration. */
const PROGRAM = `
import { writeFileAtomically } from '@src/run/files.ts';
import { acquireLock } from '@src/run/lock.ts';
import { createJournal } from '@src/run/journal-file.ts';
import { createRunner } from '@src/run/runner-spawn.ts';
import { requireSuccess } from '@src/run/runner.ts';
import { buildLvcreateArgv, buildLvsArgv } from '@src/tools/lvm.ts';
const [directory] = process.argv.slice(2);
const now = () => '2026-01-01T00:00:00.000Z';
const lock = await acquireLock(directory + '/lock', { pid: process.pid, command: 'x', since: now() }, process.env);
const journal = createJournal(directory + '/journal', now);
const runner = createRunner({ environment: process.env, lockDescriptor: lock.descriptor });
const run = async (argv) => requireSuccess(await runner.run({ argv, deadlineSeconds: 20 }));
const action = async (id, act) => {
  journal.append({ type: 'action-intent', action: id, phase: 'storage' });
  await act();
  journal.append({ type: 'action-done', action: id });
};
await action('volume', () => run(buildLvcreateArgv({ group: 'vg0', name: 'a', sizeBytes: 4194304, tags: ['relight.op=1'] })));
await action('look', () => run(buildLvsArgv('vg0', 'a')));
await action('commit', () => writeFileAtomically(directory + '/a.cfg', 'new\\n', 0o600));
lock.release();
`;

const directory = mkdtempSync(join(tmpdir(), 'sweep-'));
const program = `${directory}/program.mjs`;
const world = `${directory}/world`;
let fake: FakeDom0;

beforeAll(() => bundleProgram(PROGRAM, program));
afterAll(() => rmSync(directory, { recursive: true }));

function prepare(): void {
  rmSync(world, { recursive: true, force: true });
  fake = installFakeDom0(world);
}

/** The journal is whole, the configuration is absent or new, and the volume exists when the journal says so. */
async function check(): Promise<string> {
  while (readLockHolders(`${world}/lock`).pids.length > 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const path = `${world}/journal`;
  const records = existsSync(path) ? decodeJournal(readFileSync(path)).records : [];
  const finished = records.flatMap(({ event }) => (event.type === 'action-done' ? [event.action] : []));
  const exists = fake.state().volumes['vg0/a'] !== undefined;
  if (finished.includes('volume')) expect(exists).toBe(true);
  if (records.length === 0) expect(exists).toBe(false);
  const config = existsSync(`${world}/a.cfg`) ? readFileSync(`${world}/a.cfg`, 'utf8') : 'absent';
  expect(['absent', 'new\n']).toContain(config);
  if (finished.includes('commit')) expect(config).toBe('new\n');
  return `${finished.at(-1) ?? 'nothing'}, ${exists ? 'volume' : 'no volume'}, ${config.trim()}`;
}

const common = () => ({
  argv: [process.execPath, program, world],
  environment: { PATH: `${world}/bin:${process.env.PATH}` },
  prepare,
  check,
});

describe('sweepSystemCalls', () => {
  it('kills at every fsync until a run is left in peace', async () => {
    const report = await sweepSystemCalls(common());
    // Lock, reserve, directory, six records, the configuration and its directory.
    expect(report.interrupted).toBe(11);
    expect(report.runs.map(({ number }) => number)).toEqual(
      Array.from({ length: 11 }, (_, index) => index + 1),
    );
    expect([...report.outcomes.keys()]).toEqual(
      expect.arrayContaining(['nothing, no volume, absent', 'volume, volume, absent', 'look, volume, new']),
    );
  }, 120_000);

  it('kills at the one rename, before it', async () => {
    const report = await sweepSystemCalls({ ...common(), call: 'rename' });
    expect([...report.outcomes]).toEqual([['look, volume, absent', 1]]);
  }, 60_000);

  it('counts calls that were made to fail as interruptions', async () => {
    const report = await sweepSystemCalls({ ...common(), fault: 'error=EIO', step: 5 });
    expect(report.interrupted).toBe(3);
    expect(report.runs.every(({ status }) => status === 1)).toBe(true);
  }, 60_000);

  it('fails when it interrupts nothing', async () => {
    await expect(sweepSystemCalls({ ...common(), call: 'mkdirat' })).rejects.toThrow(/interrupted nothing/);
  }, 60_000);

  it('says at which place a promise broke', async () => {
    const broken = () => {
      throw new Error('gone');
    };
    await expect(sweepSystemCalls({ ...common(), check: broken })).rejects.toThrow(
      'after fsync:signal=KILL:when=1: gone',
    );
  }, 60_000);
});

describe('sweepFakeCommands', () => {
  it.each([
    ['kill-parent-before', ['nothing, volume, absent', 'volume, volume, absent']],
    ['kill-parent-after', ['nothing, volume, absent', 'volume, volume, absent']],
    ['kill-parent-instead', ['nothing, no volume, absent', 'volume, volume, absent']],
  ])(
    'meets %s at every command',
    async (fault, outcomes) => {
      const report = await sweepFakeCommands({
        ...common(),
        fault,
        setFault: (rule) => fake.setFaults(rule),
      });
      expect([...report.outcomes.keys()]).toEqual(outcomes);
    },
    60_000,
  );
});
