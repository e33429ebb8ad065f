import type { Action } from '../plan/types.ts';
import type { OperationListener } from '../run/run-operation.ts';
import type { CommandContext } from './context.ts';

/** Between two lines of one action's progress where there is no terminal. */
const PLAIN_INTERVAL_MS = 10_000;
const REDRAW_MS = 100;
const WIDTH = 100;

/** How long each phase took, in seconds, in the order they were begun. */
export type PhaseTimes = ReadonlyMap<string, number>;

export interface ProgressView extends OperationListener {
  readonly times: PhaseTimes;
  /** Ends the live line. */
  readonly close: () => void;
}

/** Shows phases with progress: one live line an action on a terminal, dated plain lines elsewhere. */
export function createProgressView(
  context: CommandContext,
  actions: readonly Action[],
  record: (progress: { action: string; title: string; percent: number; what: string }) => void,
): ProgressView {
  const times = new Map<string, number>();
  let current: { action: Action; since: number; shown: number; undoing: boolean } | undefined;
  /** Where the action stands in the plan: a resume goes on with the numbers of the run before. */
  const placeOf = ({ id }: Action) =>
    `${String(actions.findIndex((each) => each.id === id) + 1).padStart(2)}/${actions.length}`;
  const draw = (text: string) => {
    if (context.terminal) context.say(`\r\u001b[K${text.slice(0, WIDTH)}`);
  };
  const line = (text: string) => {
    const stamp = context.terminal ? '\r\u001b[K' : `${new Date().toISOString().slice(0, 19)}Z `;
    context.say(`${stamp}${text}\n`);
  };
  return {
    times,
    begun: (action, undoing) => {
      // Nothing to take back: a kept disk, an identity, a mere look.
      if (undoing && action.undo.length === 0) return;
      current = { action, since: Date.now(), shown: Date.now(), undoing };
      const title = describe(action, undoing ? 'undo' : placeOf(action));
      record({ action: action.id, title: action.title, percent: 0, what: '' });
      if (context.terminal) draw(title);
      else line(title);
    },
    ended: (action, outcome) => {
      if (current === undefined) return;
      const seconds = (Date.now() - current.since) / 1000;
      times.set(action.phase, (times.get(action.phase) ?? 0) + seconds);
      const { undoing } = current;
      const mark = { done: 'done', found: 'already done', failed: 'FAILED', undone: 'taken back' }[outcome];
      line(`${describe(action, undoing ? 'undo' : placeOf(action))}: ${mark} (${seconds.toFixed(1)} s)`);
      current = undefined;
    },
    progress: (percent, what) => {
      if (current === undefined) return;
      const now = Date.now();
      const pause = context.terminal ? REDRAW_MS : PLAIN_INTERVAL_MS;
      if (now - current.shown < pause) return;
      current.shown = now;
      record({ action: current.action.id, title: current.action.title, percent, what });
      const seconds = Math.round((now - current.since) / 1000);
      const text = `${describe(current.action, current.undoing ? 'undo' : placeOf(current.action))}: ${percent} % ${what} (${seconds} s)`;
      if (context.terminal) draw(text);
      else line(text);
    },
    console: () => undefined,
    note: (text) => line(`note: ${text}`),
    takingBack: (reason) => {
      line('');
      // All of it comes at the end, where it is looked for.
      line(`failed: ${reason.split('\n', 1)[0]}`);
      line('taking back what was begun');
    },
    close: () => {
      if (context.terminal) context.say('\r\u001b[K');
    },
  };
}

function describe(action: Action, place: string): string {
  return `[${place}] ${action.phase}: ${action.title}`;
}
