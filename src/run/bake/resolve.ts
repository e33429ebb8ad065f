import { createHash } from 'node:crypto';
import type { ImageLock, LockSource } from '../../image/lock.ts';
import { EXIT, type Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import {
  APT_DIRECTORIES,
  buildAptUpdateArgv,
  buildPrintUrisArgv,
  ESSENTIAL_PATTERNS,
  type FetchItem,
  parsePrintUris,
  renderAptConf,
} from '../../tools/apt.ts';
import { parseRelease } from '../../tools/apt-helper.ts';
import { type ArchiveSource, formatSourceLine } from '../../tools/mmdebstrap.ts';
import { listDirectory } from '../directory.ts';
import { makeDirectory, readTextFile, writeFileAtomically } from '../files.ts';
import { removeWorkTree } from '../files-tree.ts';
import { describeEnd, type Runner, requireSuccess } from '../runner.ts';

export interface ResolveRequest {
  readonly image: string;
  readonly suite: string;
  readonly packages: readonly string[];
  readonly sources: readonly ArchiveSource[];
  readonly keyring: string;
  readonly proxy: string | undefined;
  /** A directory for an apt root of its own, and what it must lie below. */
  readonly directory: string;
  readonly below: string;
}

const UPDATE_SECONDS = 600;
const LARGEST_RELEASE = 16 * 1024 * 1024;

/** Asks apt which packages, versions and files make up a request today; apt checks the archives' signatures. */
export async function resolveLock(runner: Runner, request: ResolveRequest): Promise<ImageLock> {
  const { directory, sources } = request;
  makeDirectory(request.below, 0o700);
  await removeWorkTree(runner, directory, request.below);
  for (const path of APT_DIRECTORIES) makeDirectory(`${directory}/${path}`, 0o755);
  const lines = sources.map((source) => `${formatSourceLine(source, request.keyring)}\n`);
  writeFileAtomically(`${directory}/status`, '', 0o644);
  writeFileAtomically(`${directory}/apt.conf`, renderAptConf({ directory }, request.proxy), 0o644);
  writeFileAtomically(`${directory}/etc/apt/sources.list`, lines.join(''), 0o644);
  const environment = { APT_CONFIG: `${directory}/apt.conf` };
  const apt = (argv: readonly string[]) => runner.run({ argv, environment, deadlineSeconds: UPDATE_SECONDS });
  requireSuccess(await apt(buildAptUpdateArgv()));
  // The first stage settles alternatives by itself, as mmdebstrap does: the second may settle them in another way.
  const items = new Map<string, FetchItem>();
  for (const packages of [ESSENTIAL_PATTERNS, [...ESSENTIAL_PATTERNS, ...request.packages]]) {
    const result = await apt(buildPrintUrisArgv({ directory }, packages));
    if (result.failed) throw describeFailure(request.image, result.stderr, describeEnd(result));
    for (const item of parsePrintUris(result.stdout)) items.set(item.name, item);
  }
  const releases = readReleases(`${directory}/var/lib/apt/lists`);
  const locked = sources.map((source) => describeSource(source, releases, request.image));
  await removeWorkTree(runner, directory, request.below);
  return {
    format: 1,
    suite: request.suite,
    architecture: 'amd64',
    request: [...request.packages],
    sources: locked,
    packages: [...items.values()]
      .map((each) => lockPackage(each, sources, request.image))
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
  };
}

function lockPackage(
  { url, name, version, architecture, size, sha256 }: FetchItem,
  sources: readonly ArchiveSource[],
  image: string,
): ImageLock['packages'][number] {
  // Of two bases that fit the longer one is meant: /debian-security is not below /debian.
  const source = sources.findIndex((each) => url.startsWith(`${each.url}/`));
  if (source < 0) throw describeFailure(image, `E: ${url} is of no known source`, '');
  const path = url.slice((sources[source]?.url.length ?? 0) + 1);
  return {
    name,
    version,
    architecture: architecture === 'all' ? 'all' : 'amd64',
    sha256,
    size,
    source,
    path,
  };
}

/** The Release files of the lists, by suite and codename. */
function readReleases(lists: string): Map<string, { date: number; release: string }> {
  const found = new Map<string, { date: number; release: string }>();
  for (const name of listDirectory(lists).filter((each) => /_(?:In)?Release$/.test(each))) {
    const text = readTextFile(`${lists}/${name}`, LARGEST_RELEASE);
    const parsed = parseRelease(text);
    if (parsed === undefined) continue;
    const release = createHash('sha256').update(text).digest('hex');
    for (const suite of parsed.suites) found.set(suite, { date: parsed.date, release });
  }
  return found;
}

function describeSource(
  source: ArchiveSource,
  releases: ReadonlyMap<string, { date: number; release: string }>,
  image: string,
): LockSource {
  const found = releases.get(source.suite) ?? releases.get(source.suite.replace('sid', 'unstable'));
  if (found === undefined) throw describeFailure(image, `E: no Release file of ${source.suite} has come`, '');
  return { url: source.url, suite: source.suite, components: [...source.components], ...found };
}

function describeFailure(image: string, stderr: string, end: string): Failure {
  const lines = stderr.split('\n').filter((line) => line.startsWith('E:'));
  const detail = lines.length > 0 ? lines.map((line) => line.slice(2).trim()).join('; ') : `apt-get ${end}`;
  return makeFailure(EXIT.notReady, 'RL1525', { image, detail });
}
