import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldJournal } from '../../src/journal/fold.ts';
import type { Plan } from '../../src/plan/types.ts';
import { readJournal } from '../../src/run/journal-file.ts';
import { bundleFile } from '../support/bundle.ts';
import type { SweepReport } from '../support/kill-sweep.ts';
import { type Before, lookBefore } from './recovery.ts';
import { World } from './world.ts';

/** A world with a guest that has been built once and runs, and a plan for its rebuild. All runs of a sweep follow that plan. */
export interface Lane {
  readonly world: World;
  readonly before: Before;
  readonly plan: Plan;
  readonly argv: readonly string[];
  readonly journal: string;
}

/** A rebuild waits and computes in turn: two of them keep a core busy. */
const LANES = 2;

/** Both mounts are there when the guest itself boots. */
const PLOTS = { domains: { web1: { facts: { mounts: ['/', '/srv'] } } } };

/** Bundles relight and makes an empty world around it. */
export async function makeWorld(name = 'world'): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'relight-rebuild-'));
  const program = join(directory, 'relight.mjs');
  await bundleFile('src/cli.ts', program);
  const world = new World(join(directory, name), program);
  world.create();
  world.fake.setScenario(PLOTS);
  return world;
}

/** Makes the worlds of one test file; `built`: with a guest that runs, else the plan is for the first build. */
export async function makeLanes(built: boolean): Promise<Lane[]> {
  return Promise.all(
    Array.from({ length: LANES }, async () => {
      const world = await makeWorld();
      if (built) await succeed(world, 'rebuild', 'web1', '--yes');
      const path = `${world.directory}/plan.json`;
      await succeed(world, 'plan', 'web1', '-o', path);
      world.fake.resetCalls();
      world.save();
      const plan = JSON.parse(readFileSync(path, 'utf8')) as Plan;
      const argv = world.argv('rebuild', 'web1', '--plan', path, '--yes', '--stop');
      const journal = `${world.state}/guests/web1/operations/${plan.operation}/journal.jsonl`;
      return { world, before: lookBefore(world), plan, argv, journal };
    }),
  );
}

export function removeLanes(lanes: readonly Lane[]): void {
  for (const { world } of lanes) rmSync(join(world.directory, '..'), { recursive: true, force: true });
}

async function succeed(world: World, ...words: string[]): Promise<void> {
  const run = await world.relight(...words);
  if (run.status !== 0) throw new Error(`${words.join(' ')} failed: ${run.stderr}`);
}

/** The kinds of the records that the journal of an undisturbed run has, in order. */
export async function listRecords({ world, argv, journal }: Lane): Promise<string[]> {
  world.restore();
  await world.run(argv);
  const { records } = readJournal(journal);
  if (foldJournal(records)?.finished !== true) throw new Error('the undisturbed run did not finish');
  return records.map(({ event }) => event.type);
}

/** Deals numbers out to the lanes and sweeps them side by side. */
export async function sweepLanes(
  lanes: readonly Lane[],
  numbers: readonly number[],
  sweep: (lane: Lane, numbers: readonly number[]) => Promise<SweepReport>,
): Promise<{ interrupted: number; outcomes: string[] }> {
  const reports = await Promise.all(
    lanes.map((lane, index) =>
      sweep(
        lane,
        numbers.filter((_, place) => place % lanes.length === index),
      ),
    ),
  );
  const outcomes = new Map<string, number>();
  for (const [outcome, count] of reports.flatMap((report) => [...report.outcomes])) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  }
  const interrupted = reports.reduce((sum, report) => sum + report.interrupted, 0);
  console.info(
    `${interrupted} places:`,
    [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', '),
  );
  return { interrupted, outcomes: [...outcomes.keys()].sort() };
}
