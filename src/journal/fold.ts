import type { Phase } from '../plan/types.ts';
import type { JournalRecord } from './events.ts';

/** How far an action has come. `stale`: done once, but an earlier action has been redone since. */
export type ActionStatus = 'begun' | 'failed' | 'done' | 'stale' | 'undoing' | 'undone';

/** What a journal says about an operation. Reality is probed besides: see `decide.ts`. */
export interface RunState {
  readonly operation: string;
  readonly guest: string;
  readonly route: string;
  readonly planHash: string;
  readonly replaces: string | null;
  readonly relight: string;
  readonly startedAt: string;
  /** Time of the last record. */
  readonly endedAt: string;
  /** Every action that was ever begun, in the order of its first intent. */
  readonly actions: ReadonlyMap<string, ActionStatus>;
  /** Under which boot of this machine each action was last begun, where the journal says so. */
  readonly boots: ReadonlyMap<string, string | undefined>;
  readonly lastAction: string | undefined;
  readonly committed: boolean;
  readonly finished: boolean;
  readonly rolledBack: boolean;
  /** An undo has begun: there is no way forward any more. */
  readonly undoing: boolean;
  /** The message of the last action that failed, until it is tried again. */
  readonly failure: { readonly action: string; readonly message: string } | undefined;
  readonly undoFailures: readonly { readonly action: string; readonly message: string }[];
  /** Why a person is needed, until a later record shows that the operation ended. */
  readonly needsPerson: string | undefined;
  /** Milliseconds spent inside actions, a phase. */
  readonly phaseDurations: ReadonlyMap<Phase, number>;
}

type Draft = { -readonly [K in keyof RunState]: RunState[K] } & {
  actions: Map<string, ActionStatus>;
  boots: Map<string, string | undefined>;
  phaseDurations: Map<Phase, number>;
  undoFailures: { action: string; message: string }[];
};

interface Running {
  readonly action: string;
  readonly phase: Phase;
  readonly since: string;
}

/** Replays a journal. Undefined for an empty one: nothing was begun. */
export function foldJournal(records: readonly JournalRecord[]): RunState | undefined {
  let state: Draft | undefined;
  let running: Running | undefined;
  for (const { event, time } of records) {
    if (event.type === 'operation-started') state ??= startState(event, time);
    if (state === undefined) continue;
    state.endedAt = time;
    switch (event.type) {
      case 'action-intent':
        beginAction(state, event.action);
        state.boots.set(event.action, event.boot);
        running = { action: event.action, phase: event.phase, since: time };
        break;
      case 'action-done':
        state.actions.set(event.action, 'done');
        running = addDuration(state, running, event.action, time);
        break;
      case 'action-failed':
        state.actions.set(event.action, 'failed');
        state.failure = { action: event.action, message: event.message };
        running = addDuration(state, running, event.action, time);
        break;
      case 'undo-intent':
        state.actions.set(event.action, 'undoing');
        state.undoing = true;
        break;
      case 'undo-done':
        state.actions.set(event.action, 'undone');
        state.undoFailures = state.undoFailures.filter((failure) => failure.action !== event.action);
        break;
      case 'undo-failed':
        state.undoFailures = [
          ...state.undoFailures.filter((failure) => failure.action !== event.action),
          { action: event.action, message: event.message },
        ];
        break;
      case 'committed':
        state.committed = true;
        break;
      case 'finished':
        state.finished = true;
        state.needsPerson = undefined;
        break;
      case 'rolled-back':
        state.rolledBack = true;
        state.committed = false;
        state.needsPerson = undefined;
        break;
      case 'needs-person':
        state.needsPerson = event.message;
        break;
    }
  }
  return state;
}

function startState(
  event: Extract<JournalRecord['event'], { type: 'operation-started' }>,
  time: string,
): Draft {
  const { operation, guest, route, planHash, replaces, relight } = event;
  return {
    ...{ operation, guest, route, planHash, replaces, relight },
    startedAt: time,
    endedAt: time,
    actions: new Map(),
    boots: new Map(),
    lastAction: undefined,
    committed: false,
    finished: false,
    rolledBack: false,
    undoing: false,
    failure: undefined,
    undoFailures: [],
    needsPerson: undefined,
    phaseDurations: new Map(),
  };
}

/** Doing an action again takes the ground from under those that came after it. */
function beginAction(state: Draft, action: string): void {
  const order = [...state.actions.keys()];
  const place = order.indexOf(action);
  if (place !== -1) for (const later of order.slice(place + 1)) state.actions.set(later, 'stale');
  state.actions.set(action, 'begun');
  state.lastAction = action;
  state.failure = undefined;
}

function addDuration(state: Draft, running: Running | undefined, action: string, time: string): undefined {
  if (running === undefined || running.action !== action) return;
  // A clock that was set back meanwhile must not make a phase shorter than nothing.
  const spent = Math.max(0, Date.parse(time) - Date.parse(running.since));
  state.phaseDurations.set(running.phase, (state.phaseDurations.get(running.phase) ?? 0) + spent);
}
