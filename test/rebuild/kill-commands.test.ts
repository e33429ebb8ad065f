import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepFakeCommands, sweepSystemCalls } from '../support/kill-sweep.ts';
import { type Lane, makeLanes, removeLanes, sweepLanes } from './lanes.ts';
import { checkRecovery, type Way } from './recovery.ts';

/** P1, P4, P5 and P6: kill -9 around the commands that change something, and disks that fill up or fail. */
let lanes: Lane[] = [];
beforeAll(async () => {
  lanes = await makeLanes(true);
}, 300_000);
afterAll(() => removeLanes(lanes));

/** Each command outlives relight and acts, has just acted, or dies with relight and has not. */
const KILLS = [
  'lvcreate:1=kill-parent-before',
  'lvcreate:1=kill-parent-instead',
  'lvcreate:2=kill-parent-after',
  'mmdebstrap:1=kill-parent-before',
  'chroot /bin/sh:1=kill-parent-after',
  'mke2fs:1=kill-parent-before',
  'xl create:1=kill-parent-before',
  'xl unpause:1=kill-parent-after',
  'xl shutdown:2=kill-parent-before',
  'xl create:2=kill-parent-after',
  'xl create:2=kill-parent-instead',
  'xl unpause:2=kill-parent-before',
  'lvchange:1=kill-parent-after',
  'lvchange:3=kill-parent-instead',
];

/** Neighbours go different ways; what one lane resumes the other takes back. */
const chooseWay = (place: number): Way => (Math.floor(place / 2) % 2 === 0 ? 'rollback' : 'resume');

test('killed while a command changes something: it is found, finished or taken back', async () => {
  const numbers = KILLS.map((_, index) => index);
  const swept = await sweepLanes(lanes, numbers, ({ world, before, argv }, mine) =>
    sweepFakeCommands({
      ...{ argv, environment: world.environment, numbers: mine },
      ruleOf: (number) => KILLS[number] ?? '',
      prepare: () => world.restore(),
      setFault: (rule) => world.fake.setFaults(rule),
      check: async (run) => {
        await world.settle();
        world.fake.setFaults();
        return checkRecovery(world, before, run, chooseWay(run.number));
      },
    }),
  );
  expect(swept.interrupted).toBe(KILLS.length);
  expect(swept.outcomes).toEqual(
    expect.arrayContaining([
      'resume, after the commit',
      'resume, before the commit',
      'rollback, before the commit',
    ]),
  );
}, 1_200_000);

test.each([
  ['EIO', 8],
  ['ENOSPC', 13],
])(
  '%s at the N-th sync is a failed step, never retried into success',
  async (errno, first) => {
    const numbers = Array.from({ length: 5 }, (_, index) => first + 15 * index);
    const swept = await sweepLanes(lanes, numbers, ({ world, before, argv }, mine) =>
      sweepSystemCalls({
        ...{ argv, environment: world.environment, call: 'fsync', fault: `error=${errno}`, numbers: mine },
        prepare: () => world.restore(),
        check: (run) => {
          expect(run.status, run.stderr.slice(-1500)).toBeOneOf([1, 4, 5]);
          expect(run.stderr).toMatch(/error\[RL\d{4}\]/);
          return checkRecovery(world, before, run, chooseWay(numbers.indexOf(run.number)));
        },
      }),
    );
    expect(swept.interrupted).toBe(numbers.length);
  },
  1_200_000,
);
