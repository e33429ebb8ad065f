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

/** A share of a step, as the installer gives it, and how far the whole installation is then. Both in percent. */
type Mark = readonly [own: number, whole: number];

/** A part of the installation: the titles of its progress, and what its percentages mean for the whole. */
interface PhaseRow {
  readonly phase: InstallPhase;
  readonly titles: RegExp;
  readonly marks: readonly Mark[];
}

/**
 * By the titles that the installer's udebs give their progress (netcfg, choose-mirror, net-retriever, anna, clock-setup,
 * disk-detect, partman-base, base-installer, apt-setup, pkgsel, grub-installer, finish-install). The installer's own
 * percentages are far from even: it is at 82 % of the base system when the kernel begins, which takes a fifth of the whole.
 * So each has the time at which it was seen in a whole installation (test/captured/install-times.txt).
 */
const ROWS: readonly PhaseRow[] = [
  row('network', even(3, 4), [
    'Detecting network hardware',
    'Detecting link on',
    'Waiting for link-local address',
    'Attempting IPv6 autoconfiguration',
    'Configuring the network',
  ]),
  row('components', even(4, 4), [
    'Checking the Debian archive mirror',
    'Downloading (?:Release|Packages) files',
  ]),
  row('components', even(4, 8), ['Loading additional components']),
  row('partitioning', even(8, 9), ['Setting up the clock', 'Detecting disks and all other hardware']),
  row('partitioning', even(9, 10), ['Starting up the partitioner', 'Scanning disks', 'Guided partitioning']),
  row('partitioning', even(10, 12), ['Partitions formatting', 'Formatting partitions']),
  row(
    'base system',
    [
      [0, 12],
      [33, 25],
      [44, 29],
      [50, 35],
      [70, 39],
      [82, 46],
      [90, 63],
      [98, 67],
      [100, 74],
    ],
    ['Installing the base system', 'Preparing to install the base system'],
  ),
  row('packages', even(74, 74), ['Setting up users and passwords']),
  row('packages', even(74, 78), ['Configuring apt']),
  row(
    'packages',
    [
      [0, 78],
      [6, 81],
      [8, 86],
      [15, 89],
      [90, 90],
      [94, 93],
      [100, 98],
    ],
    ['Select and install software'],
  ),
  row('boot loader', even(98, 98), [
    'Installing (?:the )?GRUB boot loader',
    'Looking for other operating systems',
  ]),
  row('finishing', even(98, 99), ['Finishing the installation']),
];

function row(phase: InstallPhase, marks: readonly Mark[], titles: readonly string[]): PhaseRow {
  return { phase, marks, titles: new RegExp(`^(?:${titles.join('|')})`) };
}

function even(from: number, to: number): readonly Mark[] {
  return [
    [0, from],
    [100, to],
  ];
}

/** Between two marks it goes on evenly. */
function findPercent(marks: readonly Mark[], own: number): number {
  const at = Math.max(
    1,
    marks.findIndex(([mark]) => mark >= own),
  );
  const [from, to] = [marks[at - 1], marks[at]];
  if (from === undefined || to === undefined) throw new TypeError('a row has marks from 0 to 100');
  return Math.floor(from[1] + ((to[1] - from[1]) * (own - from[0])) / (to[0] - from[0]));
}

/** What a line of progress says: `Installing the base system  ... 10%... 20%`. */
export interface Progress {
  readonly phase: InstallPhase;
  /** Of the whole installation. */
  readonly percent: number;
  readonly title: string;
}

/** Reads a line of progress, also one that has not ended; undefined for any other. */
export function readProgress(line: string): Progress | undefined {
  const found = ROWS.find(({ titles }) => titles.test(line));
  if (found === undefined) return undefined;
  const share = Math.min(100, Number(/(\d{1,3})%(?:\D*)$/.exec(line)?.[1] ?? 0));
  const title = line.replace(/\s*\.\.\.\s*\d{1,3}%.*$/, '').replace(/[\s.]+$/, '');
  return { phase: found.phase, percent: findPercent(found.marks, share), title: title.slice(0, 100) };
}
