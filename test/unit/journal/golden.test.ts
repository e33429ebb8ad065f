import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeJournal } from '../../../src/journal/codec.ts';
import { decideNext } from '../../../src/journal/decide.ts';
import { foldJournal } from '../../../src/journal/fold.ts';
import type { Action } from '../../../src/plan/types.ts';
import { Failure } from '../../../src/report/failure.ts';

/** Journals as released versions wrote them. They are never regenerated: a change that cannot read them is a bug. */
const DIRECTORY = 'test/golden/journal';

const ids = [
  'take-link-away',
  'create-volume-web1-root.7f3a',
  'bootstrap',
  'personalise',
  'verify',
  'commit',
  'start',
];
const plan = {
  actions: ids.map((id): Action => {
    const redo = id === 'personalise' ? { redoFrom: 'bootstrap' } : {};
    return {
      id,
      phase: 'install',
      title: id,
      creates: [],
      destroys: [],
      probe: { kind: 'journal' },
      steps: [],
      undo: [],
      ...redo,
    };
  }),
  commitAction: 'commit',
};

function summarise(name: string): unknown {
  try {
    const { records, tornLength } = decodeJournal(readFileSync(`${DIRECTORY}/${name}`));
    const state = foldJournal(records);
    return {
      records: records.length,
      torn: tornLength > 0,
      resume: decideNext(state, plan, 'resume', false),
      rollback: decideNext(state, plan, 'rollback', false),
      committed: state?.committed,
      needsPerson: state?.needsPerson,
      seconds: Object.fromEntries(
        [...(state?.phaseDurations ?? [])].map(([phase, ms]) => [phase, ms / 1000]),
      ),
    };
  } catch (error) {
    if (error instanceof Failure) return `${error.status} ${error.code} ${error.message}`;
    throw error;
  }
}

const seconds = { prepare: 5, storage: 5, install: 5 };
const forward = ['bootstrap', 'create-volume-web1-root.7f3a', 'take-link-away'];
const over = (outcome: string) => ({
  resume: { do: 'nothing', outcome },
  rollback: { do: 'nothing', outcome },
});

const EXPECTED: Readonly<Record<string, unknown>> = {
  'v1-finished.jsonl': {
    ...{ records: 14, torn: false, committed: true, needsPerson: undefined },
    ...over('finished'),
    seconds: { ...seconds, commit: 5, start: 5 },
  },
  'v1-interrupted.jsonl': {
    ...{ records: 8, torn: false, committed: false, needsPerson: undefined, seconds },
    resume: { do: 'continue', from: 'bootstrap', finishing: false },
    rollback: { do: 'undo', actions: ['personalise', ...forward] },
  },
  'v1-torn.jsonl': {
    ...{ records: 7, torn: true, committed: false, needsPerson: undefined, seconds },
    resume: { do: 'continue', from: 'personalise', finishing: false },
    rollback: { do: 'undo', actions: forward },
  },
  'v1-committed.jsonl': {
    ...{ records: 11, torn: false, committed: true, needsPerson: undefined },
    resume: { do: 'continue', from: 'start', finishing: true },
    rollback: { do: 'undo', actions: ['start', 'commit', ...forward] },
    seconds: { ...seconds, commit: 5 },
  },
  'v1-rolled-back.jsonl': {
    ...{ records: 18, torn: false, committed: false, needsPerson: undefined },
    ...over('rolled-back'),
    seconds: { ...seconds, verify: 5 },
  },
  'v1-needs-person.jsonl': {
    ...{ records: 10, torn: false, committed: false, needsPerson: 'volume is open', seconds },
    resume: { do: 'undo', actions: forward },
    rollback: { do: 'undo', actions: forward },
  },
  'v1-damaged.jsonl': expect.stringMatching(/^5 RL0631 the journal is damaged: its record 4 is damaged/),
  'v2-newer.jsonl': expect.stringMatching(/^4 RL0632 the journal has format 2, written by relight 9\.1\.0; /),
};

describe('golden journals', () => {
  it('are all expected', () => expect(readdirSync(DIRECTORY).sort()).toEqual(Object.keys(EXPECTED).sort()));

  it.each(Object.keys(EXPECTED))('%s', (name) => expect(summarise(name)).toEqual(EXPECTED[name]));
});
