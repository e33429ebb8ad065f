import type { Plan } from '../plan/types.ts';
import type { RunState } from './fold.ts';

export type Wish = 'resume' | 'rollback';

/** What to do about an operation that a journal describes. */
export type Decision =
  /**
   * Do this action and all after it. `finishing`: the new guest is live already, only the rest is left.
   * `lost`: a power cut may have taken what it left, whatever can be seen of it.
   */
  | { readonly do: 'continue'; readonly from: string; readonly finishing: boolean; readonly lost?: true }
  /** Everything is done; only the closing record is missing. */
  | { readonly do: 'close'; readonly outcome: 'finished' | 'rolled-back' }
  /** Undo these actions, in this order. */
  | { readonly do: 'undo'; readonly actions: readonly string[] }
  /** It is over: nothing changes. */
  | { readonly do: 'nothing'; readonly outcome: 'empty' | 'finished' | 'rolled-back' };

/**
 * Decides how to go on. `committed` is what a probe of the live configuration says: a kill between the rename and its
 * record leaves a journal that does not know yet. Going forward is over once an undo has begun. `boot` names the boot
 * that this machine is in (proc(5): random/boot_id).
 */
export function decideNext(
  state: RunState | undefined,
  plan: Pick<Plan, 'actions' | 'commitAction'>,
  wish: Wish,
  committed: boolean,
  boot?: string,
): Decision {
  if (state === undefined) return { do: 'nothing', outcome: 'empty' };
  if (state.finished) return { do: 'nothing', outcome: 'finished' };
  if (state.rolledBack) return { do: 'nothing', outcome: 'rolled-back' };
  if (wish === 'rollback' || state.undoing) return decideUndo(state, plan);
  return decideForward(state, plan, committed, boot);
}

function decideUndo(state: RunState, plan: Pick<Plan, 'actions'>): Decision {
  const touched = plan.actions
    .map((action) => action.id)
    .filter((id) => state.actions.has(id) && state.actions.get(id) !== 'undone');
  return touched.length === 0
    ? { do: 'close', outcome: 'rolled-back' }
    : { do: 'undo', actions: touched.reverse() };
}

function decideForward(
  state: RunState,
  plan: Pick<Plan, 'actions' | 'commitAction'>,
  probed: boolean,
  boot: string | undefined,
): Decision {
  const ids = plan.actions.map((action) => action.id);
  const commit = ids.indexOf(plan.commitAction);
  const committed = state.committed || probed || state.actions.get(plan.commitAction) === 'done';
  // Nothing at or before the commit is done again once the new configuration is live.
  const floor = committed ? commit + 1 : 0;
  const open = ids.findIndex((id, index) => index >= floor && state.actions.get(id) !== 'done');
  if (open === -1) return { do: 'close', outcome: 'finished' };
  const lost = committed ? undefined : findLost(state, plan, open, boot);
  const from = ids[Math.max(lost ?? rewind(state, plan, open), floor)] as string;
  return { do: 'continue', from, finishing: committed, ...(lost === undefined ? {} : { lost: true }) };
}

/**
 * Files that were written and not synced are empty or cut off after a power cut, though their names are there. From the
 * first action that installs to the one that settles all on the disk, another boot means that the work begins anew.
 */
function findLost(
  state: RunState,
  plan: Pick<Plan, 'actions'>,
  open: number,
  boot: string | undefined,
): number | undefined {
  const first = plan.actions.findIndex((action) => action.phase === 'install');
  const settled = plan.actions.findIndex((action) => action.settles === true);
  if (first === -1 || open < first || open > settled) return undefined;
  const begun = state.boots.get(plan.actions[first]?.id ?? '');
  return begun === undefined || boot === undefined || begun === boot ? undefined : first;
}

/** An action begun but not done, which cannot be done twice, goes back to the one it names; that one may go back too. */
function rewind(state: RunState, plan: Pick<Plan, 'actions'>, open: number): number {
  const action = plan.actions[open];
  if (action?.redoFrom === undefined) return open;
  const status = state.actions.get(action.id);
  if (status === undefined || status === 'stale') return open;
  let index = plan.actions.findIndex((candidate) => candidate.id === action.redoFrom);
  for (;;) {
    const earlier = plan.actions[index]?.redoFrom;
    const next = earlier === undefined ? -1 : plan.actions.findIndex(({ id }) => id === earlier);
    if (next === -1 || next >= index) break;
    index = next;
  }
  return index === -1 ? open : Math.min(index, open);
}
