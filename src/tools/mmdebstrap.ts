/** One line of sources.list(5) for the installation itself. */
export interface ArchiveSource {
  readonly url: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** Where mmdebstrap(1) leaves every --aptopt for good: a proxy of the machine that installed does not belong to a guest. */
export const MMDEBSTRAP_CONF = '/etc/apt/apt.conf.d/99mmdebstrap';

export interface BootstrapRequest {
  readonly suite: string;
  readonly target: string;
  readonly packages: readonly string[];
  readonly sources: readonly ArchiveSource[];
  readonly keyring: string;
  /** `http://host:port`, used while installing only: whoever runs it removes `MMDEBSTRAP_CONF` afterwards. */
  readonly proxy: string | undefined;
  /** A directory whose tree is laid over the root before any package is configured. */
  readonly early: string;
}

/** Writes a line of sources.list(5). */
export function formatSourceLine(source: ArchiveSource, keyring: string): string {
  return `deb [signed-by=${keyring}] ${source.url} ${source.suite} ${source.components.join(' ')}`;
}

/** argv of mmdebstrap(1): a directory, made as root, with the smallest package set plus the packages named. */
export function buildMmdebstrapArgv(request: BootstrapRequest): string[] {
  const proxy = request.proxy === undefined ? [] : [`--aptopt=Acquire::http::Proxy "${request.proxy}"`];
  return [
    'mmdebstrap',
    '--mode=root',
    '--format=directory',
    '--verbose',
    '--variant=minbase',
    '--architectures=amd64',
    `--keyring=${request.keyring}`,
    `--include=${request.packages.join(',')}`,
    '--aptopt=Acquire::Retries "3"',
    '--aptopt=Acquire::http::Timeout "30"',
    '--aptopt=Acquire::Languages "none"',
    ...proxy,
    `--essential-hook=sync-in ${request.early} /`,
    request.suite,
    request.target,
    ...request.sources.map((source) => formatSourceLine(source, request.keyring)),
  ];
}

/**
 * argv of mmdebstrap(1) that installs from a flat repository on this machine and from nothing else. The repository's
 * files were compared with the hashes of a lock, which is what makes them trusted. What dpkg writes need not be synced
 * one by one: a directory that a power cut leaves is thrown away.
 */
export function buildLockedBootstrapArgv(
  request: Pick<BootstrapRequest, 'suite' | 'target' | 'packages' | 'early'> & {
    readonly repository: string;
  },
): string[] {
  return [
    ...[
      'mmdebstrap',
      '--mode=root',
      '--format=directory',
      '--verbose',
      '--variant=minbase',
      '--architectures=amd64',
    ],
    `--include=${request.packages.join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    '--dpkgopt=force-unsafe-io',
    '--hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount',
    `--essential-hook=sync-in ${request.early} /`,
    request.suite,
    request.target,
    `deb [trusted=yes] file://${request.repository} ./`,
  ];
}

const STAGES: readonly (readonly [RegExp, number, string])[] = [
  [/^I: running apt-get update/, 2, 'reading package lists'],
  [/^I: downloading packages with apt/, 8, 'downloading essential packages'],
  [/^I: extracting archives/, 18, 'extracting'],
  [/^I: installing essential packages/, 24, 'installing essential packages'],
  [/^I: downloading apt/, 34, 'downloading apt'],
  [/^I: installing remaining packages/, 40, 'installing packages'],
  [/^Processing triggers for initramfs-tools/, 88, 'making the initramfs'],
  [/^I: cleaning package lists/, 98, 'cleaning up'],
  [/^I: success in/, 100, 'done'],
];

/** How far mmdebstrap has come: percent of the whole, and what it does. */
export interface BootstrapProgress {
  readonly percent: number;
  readonly what: string;
}

/** Packages are half of the work unpacked and half of it set up; the initramfs comes after them. */
const PACKAGES_FROM = 40;
const PACKAGES_TO = 88;

/**
 * Reads progress from one line of mmdebstrap's output: its own stages, and among the remaining packages those that dpkg
 * unpacks and sets up. apt does both in several turns, so both count. How many are to come is in apt's own summary line.
 */
export class MmdebstrapProgress {
  private percent = 0;
  private expected = 0;
  private handled = 0;

  read(line: string): BootstrapProgress | undefined {
    for (const [pattern, percent, what] of STAGES) {
      if (pattern.test(line)) return this.advance(percent, what);
    }
    const summary = /^(\d+) upgraded, (\d+) newly installed/.exec(line);
    if (summary !== null) {
      this.expected = Number(summary[2]);
      this.handled = 0;
      return undefined;
    }
    const handled = /^(Unpacking|Setting up) ([^\s:]+)/.exec(line);
    if (handled === null || this.expected === 0 || this.percent < PACKAGES_FROM) return undefined;
    this.handled += 1;
    const share = Math.min(1, this.handled / (2 * this.expected));
    const percent = PACKAGES_FROM + Math.floor(share * (PACKAGES_TO - PACKAGES_FROM));
    return this.advance(percent, `${String(handled[1]).toLowerCase()} ${handled[2]}`);
  }

  private advance(percent: number, what: string): BootstrapProgress {
    this.percent = Math.max(this.percent, percent);
    return { percent: this.percent, what };
  }
}
