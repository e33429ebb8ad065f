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

/** A part of the installation: where it begins and ends in percent of the whole, and the titles of its progress. */
interface PhaseRow {
  readonly phase: InstallPhase;
  readonly from: number;
  readonly to: number;
  readonly titles: RegExp;
}

/**
 * By the titles that the installer's udebs give their progress (netcfg, choose-mirror, net-retriever, anna, clock-setup,
 * disk-detect, partman-base, base-installer, apt-setup, pkgsel, grub-installer, finish-install). How long each part
 * takes was measured.
 */
const ROWS: readonly PhaseRow[] = [
  row('network', 2, 5, [
    'Detecting network hardware',
    'Detecting link on',
    'Waiting for link-local address',
    'Attempting IPv6 autoconfiguration',
    'Configuring the network',
  ]),
  row('components', 5, 15, [
    'Checking the Debian archive mirror',
    'Downloading (?:Release|Packages) files',
    'Loading additional components',
  ]),
  row('partitioning', 15, 20, [
    'Setting up the clock',
    'Detecting disks and all other hardware',
    'Starting up the partitioner',
    'Scanning disks',
    'Guided partitioning',
    'Partitions formatting',
    'Formatting partitions',
  ]),
  row('base system', 20, 65, ['Installing the base system', 'Preparing to install the base system']),
  row('packages', 65, 92, [
    'Setting up users and passwords',
    'Configuring apt',
    'Select and install software',
  ]),
  row('boot loader', 92, 95, ['Installing (?:the )?GRUB boot loader', 'Looking for other operating systems']),
  row('finishing', 95, 99, ['Finishing the installation']),
];

function row(phase: InstallPhase, from: number, to: number, titles: readonly string[]): PhaseRow {
  return { phase, from, to, titles: new RegExp(`^(?:${titles.join('|')})`) };
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
  const percent = Math.floor(found.from + ((found.to - found.from) * share) / 100);
  const title = line.replace(/\s*\.\.\.\s*\d{1,3}%.*$/, '').replace(/[\s.]+$/, '');
  return { phase: found.phase, percent, title: title.slice(0, 100) };
}
