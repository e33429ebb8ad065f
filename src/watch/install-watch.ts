import {
  findQuestion,
  INSTALL_START,
  type InstallState,
  peekInstall,
  readInstallLine,
  stripStatus,
} from './install.ts';

/** How long what may go on. Seconds. */
export interface InstallLimits {
  /** For the whole installation. */
  readonly deadline: number;
  /** Without a word on the console and without a byte on a disk. */
  readonly silence: number;
}

/** What one look at the console and the domain found. */
export interface InstallLook {
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: number;
  /** Clean lines that came since the last look. */
  readonly lines: readonly string[];
  /** What the console shows behind its last line end. */
  readonly unfinished: string;
  /** Undefined: not looked at this time. */
  readonly isUp: boolean | undefined;
  /** Counters of disks and nics; undefined where there are none. */
  readonly activity: string | undefined;
}

/** An installation that is watched, and what is to be thought of it. */
export interface InstallWatch {
  readonly state: InstallState;
  readonly started: number;
  /** When it last said something, and when it last showed any sign of life. */
  readonly spoke: number;
  readonly lived: number;
  readonly said: string;
  readonly activity: string | undefined;
  /** Looks in a row that found no domain. */
  readonly gone: number;
  readonly isDone: boolean;
  readonly failure: string | undefined;
}

/** A prompt that stays this long is a question that nobody answers. Milliseconds. */
const QUESTION_MS = 30_000;
/** The last bytes of a console come late: the domain's end is believed at this look. */
const GONE_LOOKS = 3;

export function startWatch(now: number): InstallWatch {
  return {
    state: INSTALL_START,
    ...{ started: now, spoke: now, lived: now, said: '', gone: 0 },
    ...{ activity: undefined, isDone: false, failure: undefined },
  };
}

/** Folds one look into the watch. Without a fault and before its end neither `isDone` nor `failure` is set. */
export function foldLook(
  watch: InstallWatch,
  look: InstallLook,
  nonce: string,
  limits: InstallLimits,
): InstallWatch {
  const read = look.lines.reduce((state, line) => readInstallLine(state, line, nonce), watch.state);
  const state = peekInstall(read, look.unfinished);
  const said = `${state.lines} ${stripStatus(look.unfinished)}`;
  const spoke = said === watch.said ? watch.spoke : look.now;
  const hasMoved = look.activity !== undefined && look.activity !== watch.activity;
  const next: InstallWatch = {
    ...watch,
    ...{ state, said, spoke },
    lived: hasMoved ? look.now : Math.max(watch.lived, spoke),
    activity: look.activity ?? watch.activity,
    gone: look.isUp === undefined ? watch.gone : look.isUp ? 0 : watch.gone + 1,
  };
  const hasEnded = next.gone >= GONE_LOOKS && look.lines.length === 0;
  if (hasEnded && state.finished && state.failure === undefined) return { ...next, isDone: true };
  const failure = findFault(next, look, limits, hasEnded);
  return failure === undefined ? next : { ...next, failure };
}

function findFault(
  watch: InstallWatch,
  look: InstallLook,
  limits: InstallLimits,
  hasEnded: boolean,
): string | undefined {
  const { state } = watch;
  if (state.failure !== undefined) return state.failure;
  if (hasEnded) return `it ended during: ${state.phase}, without the word that it has finished`;
  const question = findQuestion(state, look.unfinished);
  if (question !== undefined && look.now - watch.spoke > QUESTION_MS) {
    return `it asks, and nobody answers:\n  > ${question.replaceAll('\n', '\n  > ')}`;
  }
  if (look.now - watch.started > limits.deadline * 1000) return `it took more than ${limits.deadline} s`;
  if (look.now - watch.lived > limits.silence * 1000) {
    return `nothing came on the console, and no disk moved, for ${limits.silence} s`;
  }
  return undefined;
}
