import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepSystemCalls } from '../support/kill-sweep.ts';
import { type Lane, listRecords, makeLanes, removeLanes, sweepLanes } from './lanes.ts';
import { checkRecovery, type Way } from './recovery.ts';

/**
 * P1, P2 and P23: kill -9 of a rebuild around the records of its journal. An action has begun and done nothing when the
 * kill comes right after its intent; it is done, and nobody knows, when the kill comes right before its result. Each
 * place is recovered one way, its neighbours the other; RELIGHT_SWEEP=all goes both ways everywhere.
 */
let lanes: Lane[] = [];
let records: string[] = [];
const ALL = process.env.RELIGHT_SWEEP === 'all';
/** Intents after the commit are few: which way they go is a matter of their number. */
const MET = ['resume, before the commit', 'rollback, after the commit', 'rollback, before the commit'];

beforeAll(async () => {
  lanes = await makeLanes(true);
  records = lanes[0] === undefined ? [] : await listRecords(lanes[0]);
}, 300_000);
afterAll(() => removeLanes(lanes));

/** The numbers of the records of these kinds. */
const numbersOf = (...types: string[]) =>
  records.flatMap((type, index) => (ALL || types.includes(type) ? [index + 1] : []));

async function sweep(call: 'write' | 'fsync', numbers: readonly number[], ways: readonly Way[]) {
  const swept = await sweepLanes(lanes, numbers, ({ world, before, argv, journal }, mine) =>
    sweepSystemCalls({
      ...{ argv, environment: world.environment, call, paths: [journal], numbers: mine },
      prepare: () => world.restore(),
      check: (run) => {
        const place = numbers.indexOf(run.number);
        return checkRecovery(world, before, run, ways[Math.floor(place / lanes.length) % 2] ?? 'resume');
      },
    }),
  );
  expect(swept.interrupted).toBe(numbers.length);
  return swept.outcomes;
}

test('killed right after an intent: nothing is lost, resume and rollback end clean', async () => {
  const numbers = numbersOf('operation-started', 'action-intent');
  expect(numbers.length).toBeGreaterThan(15);
  expect(await sweep('fsync', numbers, ['resume', 'rollback'])).toEqual(expect.arrayContaining(MET));
  if (ALL) await sweep('fsync', numbers, ['rollback', 'resume']);
}, 1_200_000);

test('killed right before a result: what is done is found done, or taken back', async () => {
  const numbers = numbersOf('action-done', 'committed', 'finished');
  expect(numbers.length).toBeGreaterThan(15);
  const met = await sweep('write', numbers, ['rollback', 'resume']);
  expect(met).toEqual(expect.arrayContaining(['resume, after the commit', ...MET]));
  if (ALL) await sweep('write', numbers, ['resume', 'rollback']);
}, 1_200_000);
