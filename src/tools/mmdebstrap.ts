/** One line of sources.list(5) for the installation itself. */
export interface ArchiveSource {
  readonly url: string;
  readonly suite: string;
  readonly components: readonly string[];
}

export interface BootstrapRequest {
  readonly suite: string;
  readonly target: string;
  readonly packages: readonly string[];
  readonly sources: readonly ArchiveSource[];
  readonly keyring: string;
  /** `http://host:port`, used while installing only. */
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

const STAGES: readonly (readonly [RegExp, number, string])[] = [
  [/^I: running apt-get update/, 2, 'reading package lists'],
  [/^I: downloading packages with apt/, 8, 'downloading essential packages'],
  [/^I: extracting archives/, 18, 'extracting'],
  [/^I: installing essential packages/, 24, 'installing essential packages'],
  [/^I: downloading apt/, 34, 'downloading apt'],
  [/^I: installing remaining packages/, 40, 'installing packages'],
  [/^I: cleaning package lists/, 98, 'cleaning up'],
  [/^I: success in/, 100, 'done'],
];

/** How far mmdebstrap has come: percent of the whole, and what it does. */
export interface BootstrapProgress {
  readonly percent: number;
  readonly what: string;
}

/**
 * Reads progress from one line of mmdebstrap's output: its own stages, and between 40 and 98 percent the packages
 * that dpkg sets up. `expected` is the number of packages to come, learnt from apt's own summary line.
 */
export class MmdebstrapProgress {
  private percent = 0;
  private expected = 0;
  private configured = 0;

  read(line: string): BootstrapProgress | undefined {
    for (const [pattern, percent, what] of STAGES) {
      if (pattern.test(line)) return this.advance(percent, what);
    }
    const summary = /^(\d+) upgraded, (\d+) newly installed/.exec(line);
    if (summary !== null) {
      this.expected = Number(summary[2]);
      this.configured = 0;
      return undefined;
    }
    const setUp = /^Setting up (\S+)/.exec(line);
    if (setUp === null || this.expected === 0 || this.percent < 40) return undefined;
    this.configured += 1;
    const share = Math.min(1, this.configured / this.expected);
    return this.advance(40 + Math.floor(share * 57), `setting up ${String(setUp[1]).replace(/:.*/, '')}`);
  }

  private advance(percent: number, what: string): BootstrapProgress {
    this.percent = Math.max(this.percent, percent);
    return { percent: this.percent, what };
  }
}
