/** The parts of an installation that a person is told of, in their order. */
export type InstallPhase =
  | 'starting'
  | 'network'
  | 'components'
  | 'partitioning'
  | 'base system'
  | 'packages'
  | 'boot loader'
  | 'finishing'
  | 'installed'
  | 'failed';

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
  readonly lines: number;
  /** The last lines of text, for quoting a question. */
  readonly recent: readonly string[];
  /** How often a kernel has started: an installer that reboots begins again. */
  readonly kernels: number;
  /** How often each title of the main menu has come up. */
  readonly titles: Readonly<Record<string, number>>;
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
  titles: {},
};

/** Where each phase begins, in percent of the whole, and the titles that the installer gives its progress. */
const TITLES: readonly (readonly [RegExp, InstallPhase, number, number])[] = [
  [
    /^(?:Detecting network hardware|Detecting link on|Configuring the network|Attempting IPv6|Waiting for link)/,
    'network',
    2,
    5,
  ],
  [
    /^(?:Checking the Debian archive mirror|Downloading (?:Release files|Packages files)|Loading additional components|Retrieving )/,
    'components',
    5,
    15,
  ],
  [
    /^(?:Detecting disks|Detecting hardware|Scanning disks|Starting up the partitioner|Partitions formatting|Formatting partitions|Guided partitioning|Setting the clock|Setting up the clock)/,
    'partitioning',
    15,
    20,
  ],
  [/^Installing the base system/, 'base system', 20, 60],
  [/^(?:Configuring apt|Select and install software|Running tasksel)/, 'packages', 60, 92],
  [
    /^(?:Installing GRUB boot loader|Install the GRUB boot loader|Looking for other operating systems)/,
    'boot loader',
    92,
    95,
  ],
  [/^(?:Finishing the installation|Running preseed)/, 'finishing', 95, 99],
];

const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/Kernel panic - not syncing: (.*)/, 'the kernel panicked'],
  [/relight: late script failed: (.*)/, 'the late script failed'],
  [/(VFS: Unable to mount root fs.*)/, 'the kernel found no initrd'],
  [/(Out of memory: Killed process \d+ .*)/, 'the installer ran out of memory'],
];

/** Lines that are kept for quoting. */
const RECENT = 24;
/** A step of the installer's menu that comes up more often than this is a loop. */
const MOST_TITLES = 12;

/** Folds one clean console line into the state. */
export function readInstallLine(state: InstallState, line: string, nonce: string): InstallState {
  const text = line.trim();
  const next: InstallState = {
    ...state,
    lines: state.lines + 1,
    recent: text === '' ? state.recent : [...state.recent, text].slice(-RECENT),
  };
  if (state.finished || state.failure !== undefined) return next;
  if (text.includes(`relight: installed ${nonce}`)) {
    return { ...next, phase: 'installed', percent: 99, doing: 'powering off', finished: true };
  }
  for (const [pattern, what] of FAILURES) {
    const match = pattern.exec(text);
    if (match !== null) return fail(next, `${what}: ${match[1] ?? ''}`.trim());
  }
  if (/Linux version \d/.test(text)) {
    const kernels = state.kernels + 1;
    if (kernels > 1) return fail(next, 'the installer started again: it loops');
    return { ...next, kernels, doing: 'the kernel starts' };
  }
  return readTitle(next, text);
}

function readTitle(state: InstallState, text: string): InstallState {
  const share = /^\.\.\. (\d{1,3})%/.exec(text);
  if (share !== null) return advance(state, Number(share[1]));
  for (const [pattern, phase, from] of TITLES) {
    if (!pattern.test(text)) continue;
    const title = text.replace(/[\s.]+$/, '');
    const times = (state.titles[title] ?? 0) + 1;
    const titles = { ...state.titles, [title]: times };
    if (times > MOST_TITLES) return fail({ ...state, titles }, `it loops: "${title}" came up ${times} times`);
    const isLater = from >= state.percent;
    return {
      ...state,
      titles,
      doing: title,
      ...(isLater ? { phase, percent: from } : {}),
    };
  }
  return state;
}

/** The installer's percentages are of the step that it does now. */
function advance(state: InstallState, share: number): InstallState {
  const row = TITLES.find(([, phase]) => phase === state.phase);
  if (row === undefined || share > 100) return state;
  const [, , from, to] = row;
  return { ...state, percent: Math.max(state.percent, Math.floor(from + ((to - from) * share) / 100)) };
}

function fail(state: InstallState, failure: string): InstallState {
  return { ...state, phase: 'failed', failure };
}

/**
 * The question that the installer waits with, quoted: its text frontend ends it with a prompt that no line end follows.
 * Undefined when it does not ask. `unfinished` is what the console shows behind its last line end.
 */
export function findQuestion(state: InstallState, unfinished: string): string | undefined {
  const isPrompt = /^(?:Prompt: |\[Press enter to continue\]|.*Press Enter to )/i.test(unfinished.trim());
  if (!isPrompt) return undefined;
  const start = state.recent.findLastIndex((line) => /^-{3,}$/.test(line));
  const shown = start > 0 ? state.recent.slice(start - 1) : state.recent.slice(-8);
  return [...shown.filter((line) => !/^-{3,}$/.test(line)), unfinished.trim()].join('\n');
}
