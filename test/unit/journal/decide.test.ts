import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideNext, type Wish } from '../../../src/journal/decide.ts';
import type { JournalEvent, JournalRecord } from '../../../src/journal/events.ts';
import { foldJournal } from '../../../src/journal/fold.ts';
import type { Action } from '../../../src/plan/types.ts';

interface ModelPlan {
  readonly actions: readonly Action[];
  readonly commitAction: string;
}

/** A plan of n actions: one is the commit, some cannot be done twice and name an earlier action. */
const plans: fc.Arbitrary<ModelPlan> = fc
  .record({
    size: fc.integer({ min: 1, max: 8 }),
    commit: fc.nat(),
    redo: fc.array(fc.option(fc.nat()), { minLength: 8, maxLength: 8 }),
  })
  .map(({ size, commit, redo }) => ({
    commitAction: `a${commit % size}`,
    actions: Array.from({ length: size }, (_, index) => {
      const back = redo[index];
      return makeAction(`a${index}`, back == null || index === 0 ? undefined : `a${back % index}`);
    }),
  }));

function makeAction(id: string, redoFrom: string | undefined): Action {
  return {
    ...{
      id,
      phase: 'storage',
      title: id,
      creates: [],
      destroys: [],
      probe: { kind: 'journal' },
      steps: [],
      undo: [],
    },
    ...(redoFrom === undefined ? {} : { redoFrom }),
  } as Action;
}

/**
 * The machine and the executor in small. `made` is reality: what an action made and no undo removed; `live` is the
 * configuration. A crash is a throw between any two writes.
 */
class Model {
  readonly records: JournalRecord[] = [];
  readonly made = new Set<string>();
  live: 'old' | 'new' = 'old';
  /** Every action done, in order, since the last look. */
  done: string[] = [];
  undone: string[] = [];
  #left = Number.POSITIVE_INFINITY;
  readonly plan: ModelPlan;

  constructor(plan: ModelPlan) {
    this.plan = plan;
  }

  get state() {
    return foldJournal(this.records);
  }

  get snapshot() {
    return JSON.stringify([this.records.length, [...this.made].sort(), this.live]);
  }

  /** Returns false when it crashed. A budget counts writes and effects. */
  attempt(act: () => void, budget = Number.POSITIVE_INFINITY): boolean {
    this.#left = budget;
    try {
      act();
      return true;
    } catch (error) {
      if (error === CRASH) return false;
      throw error;
    }
  }

  start(): void {
    this.#append({
      ...{ type: 'operation-started', operation: '7f3a', guest: 'web1', route: 'bootstrap' },
      ...{ planHash: 'h', replaces: null, relight: '1' },
    });
  }

  drive(wish: Wish): void {
    const decision = decideNext(this.state, this.plan, wish, this.live === 'new');
    if (decision.do === 'nothing') return;
    if (decision.do === 'undo') {
      for (const id of decision.actions) {
        this.#append({ type: 'undo-intent', action: id });
        this.#effect(() => {
          this.made.delete(id);
          if (id === this.plan.commitAction) this.live = 'old';
          this.undone.push(id);
        });
        this.#append({ type: 'undo-done', action: id });
      }
      this.#append({ type: 'rolled-back' });
      return;
    }
    if (decision.do === 'continue') {
      if (decision.finishing && this.state?.committed === false) this.#append({ type: 'committed' });
      const from = this.plan.actions.findIndex(({ id }) => id === decision.from);
      for (const { id } of this.plan.actions.slice(from)) this.#perform(id);
    }
    this.#append({ type: decision.do === 'close' ? decision.outcome : 'finished' });
  }

  #perform(id: string): void {
    this.#append({ type: 'action-intent', action: id, phase: 'storage' });
    this.#effect(() => {
      // A kept promise: nothing at or before the commit is done when the new guest is live.
      const commit = this.plan.actions.findIndex((action) => action.id === this.plan.commitAction);
      const own = this.plan.actions.findIndex((action) => action.id === id);
      if (this.live === 'new') expect(own).toBeGreaterThan(commit);
      this.made.add(id);
      if (id === this.plan.commitAction) this.live = 'new';
      this.done.push(id);
    });
    this.#append({ type: 'action-done', action: id });
    if (id === this.plan.commitAction) this.#append({ type: 'committed' });
  }

  #append(event: JournalEvent): void {
    this.#spend();
    this.records.push({ sequence: this.records.length + 1, time: '2026-01-01T00:00:00.000Z', event });
  }

  #effect(act: () => void): void {
    this.#spend();
    act();
  }

  #spend(): void {
    if (this.#left <= 0) throw CRASH;
    this.#left -= 1;
  }
}

const CRASH = new Error('kill -9');
const all = (plan: ModelPlan) => plan.actions.map(({ id }) => id);
const crashes = fc.array(
  fc.record({ wish: fc.constantFrom<Wish>('resume', 'rollback'), budget: fc.integer({ min: 0, max: 30 }) }),
  { maxLength: 5 },
);

describe('decideNext', () => {
  it('does every action once, in order, when nothing happens', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const model = new Model(plan);
        model.attempt(() => {
          model.start();
          model.drive('resume');
        });
        expect(model.done).toEqual(all(plan));
        expect(model.state).toMatchObject({
          finished: true,
          committed: true,
          lastAction: plan.actions.at(-1)?.id,
        });
      }),
    );
  });

  it.each(['resume', 'rollback'] as const)(
    'ends clean by a %s from any crash, and a second one changes nothing',
    (wish) => {
      fc.assert(
        fc.property(plans, crashes, (plan, history) => {
          const model = new Model(plan);
          model.attempt(() => model.start());
          for (const { wish: tried, budget } of history) model.attempt(() => model.drive(tried), budget);
          model.attempt(() => model.drive(wish));
          const state = model.state;
          expect(state?.finished !== state?.rolledBack).toBe(true);
          if (state?.finished === true) {
            expect([...model.made].sort()).toEqual(all(plan).sort());
            expect(model.live).toBe('new');
          } else {
            expect(model.made.size).toBe(0);
            expect(model.live).toBe('old');
          }
          const before = model.snapshot;
          model.attempt(() => model.drive('resume'));
          model.attempt(() => model.drive('rollback'));
          expect(model.snapshot).toBe(before);
        }),
        { numRuns: 500 },
      );
    },
  );

  it('ends clean from every prefix of a journal, whatever of the last act was done', () => {
    fc.assert(
      fc.property(plans, fc.constantFrom<Wish>('resume', 'rollback'), fc.nat(), (plan, wish, at) => {
        const model = new Model(plan);
        model.attempt(() => model.start());
        model.attempt(() => model.drive('resume'), at % (plan.actions.length * 3 + 3));
        const crashedFinished = model.state?.finished === true;
        model.attempt(() => model.drive(wish));
        expect(model.state?.finished === true).toBe(wish === 'resume' || crashedFinished);
        expect(model.made.size).toBe(model.state?.finished === true ? plan.actions.length : 0);
      }),
      { numRuns: 500 },
    );
  });

  it('undoes in reverse, and only what was begun', () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, at) => {
        const model = new Model(plan);
        model.attempt(() => model.start());
        model.attempt(() => model.drive('resume'), at % (plan.actions.length * 3));
        const begun = [...(model.state?.actions.keys() ?? [])];
        model.attempt(() => model.drive('rollback'));
        expect(model.undone).toEqual(begun.reverse());
      }),
    );
  });
});

const plan: ModelPlan = {
  actions: [
    makeAction('volume', undefined),
    makeAction('tree', undefined),
    makeAction('bootstrap', 'tree'),
    makeAction('personalise', 'bootstrap'),
    makeAction('commit', undefined),
    makeAction('start', 'bootstrap'),
  ],
  commitAction: 'commit',
};
const started: JournalEvent = {
  ...{ type: 'operation-started', operation: '7f3a', guest: 'web1', route: 'bootstrap' },
  ...{ planHash: 'h', replaces: '1111', relight: '1' },
};
const intent = (action: string): JournalEvent => ({ type: 'action-intent', action, phase: 'storage' });
const done = (action: string): JournalEvent => ({ type: 'action-done', action });
const fold = (...events: JournalEvent[]) =>
  foldJournal(
    [started, ...events].map((event, index) => ({
      ...{ sequence: index + 1, event },
      time: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
    })),
  );

describe('decideNext, case by case', () => {
  const doneUpTo = (...ids: string[]) => ids.flatMap((id) => [intent(id), done(id)]);

  it('says nothing about an empty journal', () => {
    expect(decideNext(undefined, plan, 'resume', false)).toEqual({ do: 'nothing', outcome: 'empty' });
  });

  it('begins at the first action when none was begun', () => {
    expect(decideNext(fold(), plan, 'resume', false)).toEqual({
      do: 'continue',
      from: 'volume',
      finishing: false,
    });
  });

  it('repeats an action that was begun and may be repeated', () => {
    const state = fold(...doneUpTo('volume'), intent('tree'));
    expect(decideNext(state, plan, 'resume', false)).toMatchObject({ from: 'tree' });
  });

  it('goes back when an action that was begun cannot be repeated, all the way', () => {
    const state = fold(...doneUpTo('volume', 'tree', 'bootstrap'), intent('personalise'));
    expect(decideNext(state, plan, 'resume', false)).toMatchObject({ from: 'tree' });
  });

  it('goes back for a failed action too', () => {
    const state = fold(...doneUpTo('volume', 'tree'), intent('bootstrap'), {
      ...{ type: 'action-failed', action: 'bootstrap', message: 'no' },
    });
    expect(decideNext(state, plan, 'resume', false)).toMatchObject({ from: 'tree' });
    expect(state?.failure).toEqual({ action: 'bootstrap', message: 'no' });
  });

  it('does not go back for an action that was not begun, or is stale', () => {
    const fresh = fold(...doneUpTo('volume', 'tree'));
    expect(decideNext(fresh, plan, 'resume', false)).toMatchObject({ from: 'bootstrap' });
    const again = fold(...doneUpTo('volume', 'tree'), intent('bootstrap'), ...doneUpTo('tree'));
    expect(again?.actions.get('bootstrap')).toBe('stale');
    expect(decideNext(again, plan, 'resume', false)).toMatchObject({ from: 'bootstrap' });
  });

  it('never goes back over the commit', () => {
    const state = fold(...doneUpTo('volume', 'tree', 'bootstrap', 'personalise', 'commit'), intent('start'));
    expect(decideNext(state, plan, 'resume', false)).toEqual({
      do: 'continue',
      from: 'start',
      finishing: true,
    });
  });

  it('believes the probe when the journal does not know of the commit yet', () => {
    const state = fold(...doneUpTo('volume', 'tree', 'bootstrap', 'personalise'), intent('commit'));
    expect(decideNext(state, plan, 'resume', true)).toEqual({
      do: 'continue',
      from: 'start',
      finishing: true,
    });
    expect(decideNext(state, plan, 'resume', false)).toEqual({
      do: 'continue',
      from: 'commit',
      finishing: false,
    });
  });

  it('has no way forward once an undo has begun', () => {
    const state = fold(...doneUpTo('volume', 'tree'), { type: 'undo-intent', action: 'tree' });
    expect(decideNext(state, plan, 'resume', false)).toEqual({ do: 'undo', actions: ['tree', 'volume'] });
  });

  it('undoes again what an undo left unfinished or failed', () => {
    const state = fold(
      ...doneUpTo('volume', 'tree'),
      { type: 'undo-intent', action: 'tree' },
      { type: 'undo-failed', action: 'tree', message: 'busy' },
      { type: 'undo-intent', action: 'volume' },
      { type: 'undo-done', action: 'volume' },
      { type: 'needs-person', message: 'tree is busy' },
    );
    expect(decideNext(state, plan, 'rollback', false)).toEqual({ do: 'undo', actions: ['tree'] });
    expect(state).toMatchObject({
      undoFailures: [{ action: 'tree', message: 'busy' }],
      needsPerson: 'tree is busy',
    });
  });

  describe('after a power cut', () => {
    const names = ['volume', 'bootstrap', 'personalise', 'write', 'verify', 'commit'];
    const settling = {
      actions: names.map((id) => ({
        ...makeAction(id, id === 'personalise' ? 'bootstrap' : undefined),
        ...(id === 'bootstrap' ? { phase: 'install' as const } : {}),
        ...(id === 'write' ? { settles: true as const } : {}),
      })),
      commitAction: 'commit',
    };
    const under = (boot: string, ids: readonly string[], last?: string): JournalEvent[] => [
      ...ids.flatMap((id) => [{ ...intent(id), boot } as JournalEvent, done(id)]),
      ...(last === undefined ? [] : [{ ...intent(last), boot } as JournalEvent]),
    ];
    const decide = (state: ReturnType<typeof fold>, boot: string) =>
      decideNext(state, settling, 'resume', false, boot);
    const anew = { do: 'continue', from: 'bootstrap', finishing: false, lost: true };

    it('installs anew what was not settled on the disk, be it done or only begun', () => {
      expect(decide(fold(...under('one', ['volume'], 'bootstrap')), 'two')).toEqual(anew);
      expect(decide(fold(...under('one', names.slice(0, 3), 'write')), 'two')).toEqual(anew);
    });

    it('goes on where it was when the machine was up all the time', () => {
      const state = fold(...under('one', names.slice(0, 3), 'write'));
      expect(decide(state, 'one')).toEqual({ do: 'continue', from: 'write', finishing: false });
    });

    it('believes what was settled before', () => {
      const state = fold(...under('one', names.slice(0, 4), 'verify'));
      expect(decide(state, 'two')).toEqual({ do: 'continue', from: 'verify', finishing: false });
    });

    it('believes what was done again under this boot, and not after yet another', () => {
      const state = fold(
        ...under('one', names.slice(0, 3), 'write'),
        ...under('two', ['bootstrap'], 'personalise'),
      );
      expect(decide(state, 'two')).toMatchObject({ from: 'bootstrap' });
      const further = fold(
        ...under('one', names.slice(0, 3)),
        ...under('two', ['bootstrap', 'personalise'], 'write'),
      );
      expect(decide(further, 'two')).toEqual({ do: 'continue', from: 'write', finishing: false });
      expect(decide(further, 'three')).toEqual(anew);
    });

    it('trusts a journal that does not tell its boots, as older ones do not', () => {
      const state = fold(intent('volume'), done('volume'), intent('bootstrap'), done('bootstrap'));
      expect(decide(state, 'two')).toMatchObject({ from: 'personalise' });
    });
  });

  it('counts the time inside actions, a phase, and survives a clock that was set back', () => {
    const times = ['00:00', '00:10', '00:13', '00:20', '00:15', '00:30'];
    const events = [
      started,
      intent('volume'),
      done('volume'),
      intent('tree'),
      done('tree'),
      intent('bootstrap'),
    ];
    const records = events.map((event, index) => ({
      ...{ sequence: index + 1, event },
      time: `2026-01-01T00:${times[index]}.000Z`,
    }));
    const state = foldJournal(records);
    expect(state?.phaseDurations).toEqual(new Map([['storage', 3000]]));
    expect(state).toMatchObject({
      startedAt: records[0]?.time,
      endedAt: records[5]?.time,
      lastAction: 'bootstrap',
    });
  });
});
