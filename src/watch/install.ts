import { type InstallPhase, readProgress } from './install-phases.ts';

/** How far an installation has come, folded from its console. */
export interface InstallState {
  readonly phase: InstallPhase;
  /** Of the whole installation. */
  readonly percent: number;
  /** What the installer does now, in its own words. */
  readonly doing: string;
  /** The late script has printed this installation's nonce: all that is left is to power off. */
  readonly finished: boolean;
  /** Why it cannot succeed any more. */
  readonly failure: string | undefined;
  /** Lines that said something. */
  readonly lines: number;
  /** The last of them, for quoting. */
  readonly recent: readonly string[];
  /** How often a kernel has started: an installer that reboots begins again. */
  readonly kernels: number;
  /** How often each step has begun. */
  readonly begun: Readonly<Record<string, number>>;
}

export const INSTALL_START: InstallState = {
  phase: 'starting',
  percent: 0,
  doing: '',
  finished: false,
  failure: undefined,
  lines: 0,
  recent: [],
  kernels: 0,
  begun: {},
};

const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/Kernel panic - not syncing: (.*)/, 'the kernel panicked'],
  [/relight: late script failed: (.*)/, 'the late script failed'],
  [/(Initramfs unpacking failed.*)/, 'the kernel could not unpack the initrd'],
  [/(Out of memory: Killed process \d+ .*)/, 'the installer ran out of memory'],
];

/** Lines that are kept for quoting. */
const RECENT = 24;
/** A step of the installer that begins more often than this is a loop. */
const MOST_BEGINNINGS = 8;
/** GNU screen's status line, which has a clock: it says nothing about the installation. */
const SCREEN_STATUS = /\[[^[\]]*\d[-*$]*\s?\w+[^[\]]*\]\[ \w{3} +\d{1,2} +\d{1,2}:\d\d \]/g;

/** The text of a console line without the status line of GNU screen. */
export function stripStatus(line: string): string {
  return line.replace(SCREEN_STATUS, '').trim();
}

/** Folds one clean console line into the state. */
export function readInstallLine(state: InstallState, line: string, nonce: string): InstallState {
  const text = stripStatus(line);
  if (text === '') return state;
  const next = { ...state, lines: state.lines + 1, recent: [...state.recent, text].slice(-RECENT) };
  if (state.finished || state.failure !== undefined) return next;
  if (text.includes(`relight: installed ${nonce}`)) {
    return { ...next, phase: 'installed', percent: 99, doing: 'powering off', finished: true };
  }
  for (const [pattern, what] of FAILURES) {
    const match = pattern.exec(text);
    if (match !== null) return fail(next, `${what}: ${match[1] ?? ''}`.trim());
  }
  if (/\bLinux version \d/.test(text)) {
    const kernels = state.kernels + 1;
    if (kernels > 1) return fail(next, 'the installer started again: it loops');
    return { ...next, kernels, doing: 'the kernel starts' };
  }
  const progress = readProgress(stripKernel(text));
  if (progress === undefined) return peekInstall(next, text);
  const times = (state.begun[progress.title] ?? 0) + 1;
  const begun = { ...state.begun, [progress.title]: times };
  if (times > MOST_BEGINNINGS) {
    return fail({ ...next, begun }, `it loops: "${progress.title}" came up ${times} times`);
  }
  return { ...peekInstall(next, text), begun };
}

/** A message of the kernel, which comes into the middle of whatever line is being written (printk.time). */
function stripKernel(line: string): string {
  return line.replace(/\[ *\d+\.\d{6}\].*$/, '');
}

/** A line of progress that the kernel has cut in two goes on without its title. */
function joinProgress(state: InstallState, line: string): string {
  const text = stripKernel(line);
  return /^(?:\.\.\.\s*)?\d{1,3}%/.test(text) ? `${state.doing}  ${text}` : text;
}

/** The state with what the line says that has not ended yet: the installer adds its percentages to one line. */
export function peekInstall(state: InstallState, unfinished: string): InstallState {
  if (state.finished || state.failure !== undefined) return state;
  const progress = readProgress(joinProgress(state, stripStatus(unfinished)));
  if (progress === undefined) return state;
  const isLater = progress.percent >= state.percent;
  return {
    ...state,
    doing: progress.title,
    ...(isLater ? { phase: progress.phase, percent: progress.percent } : {}),
  };
}

function fail(state: InstallState, failure: string): InstallState {
  return { ...state, phase: 'failed', failure };
}

/** How the text frontend of cdebconf waits for an answer. */
const PROMPT = /^(?:Prompt: |\[Press enter to continue\]|.*\bpassword:$)/i;

/**
 * The question that the installer waits with, quoted with its title; undefined when it does not ask. `unfinished` is
 * what the console shows behind its last line end.
 */
export function findQuestion(state: InstallState, unfinished: string): string | undefined {
  const shown = [...state.recent, stripStatus(unfinished)].filter((line) => line !== '');
  const prompt = shown.at(-1);
  if (prompt === undefined || !PROMPT.test(prompt)) return undefined;
  const rule = shown.findLastIndex((line) => /^-{3,}$/.test(line));
  const quoted = rule > 0 ? shown.slice(rule - 1) : shown.slice(-8);
  return quoted.filter((line) => !/^-{3,}$/.test(line)).join('\n');
}
