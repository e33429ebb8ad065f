/** apt with a directory of its own: nothing of this machine's package state is read or changed. */
export interface AptScratch {
  readonly directory: string;
}

/** The package sets of mmdebstrap's variant minbase, which every bootstrap begins with (mmdebstrap(1), VARIANTS). */
export const ESSENTIAL_PATTERNS = ['?essential', '?priority(required)', 'apt'] as const;

/**
 * apt.conf(5) of a scratch directory, for the variable APT_CONFIG. The method programs keep their absolute place.
 * Its user is root: the directory is private, so that the user _apt cannot write there.
 */
export function renderAptConf(scratch: AptScratch, proxy: string | undefined): string {
  const { directory } = scratch;
  return [
    `Dir "${directory}/";`,
    `Dir::State::status "${directory}/status";`,
    'APT::Architecture "amd64";',
    'APT::Architectures { "amd64"; };',
    'APT::Install-Recommends "false";',
    'APT::Sandbox::User "root";',
    'APT::Update::Error-Mode "any";',
    'Acquire::Languages "none";',
    'Acquire::ForceHash "SHA256";',
    'Acquire::Retries "3";',
    'Acquire::http::Timeout "30";',
    ...(proxy === undefined ? [] : [`Acquire::http::Proxy "${proxy}";`]),
    '',
  ].join('\n');
}

/** Directories that apt wants to find below its own. */
export const APT_DIRECTORIES = [
  'etc/apt/apt.conf.d',
  'etc/apt/preferences.d',
  'var/lib/apt/lists/partial',
  'var/cache/apt/archives/partial',
  'none/partial',
] as const;

export const buildAptUpdateArgv = (): string[] => ['apt-get', 'update', '--quiet=2'];

/** argv that lists what an installation into an empty system would fetch, one `'URI' FILE SIZE HASH` a line. */
export function buildPrintUrisArgv(scratch: AptScratch, packages: readonly string[]): string[] {
  const empty = `--option=Dir::Cache::archives=${scratch.directory}/none`;
  return ['apt-get', 'install', '--yes', '--print-uris', '--quiet=2', empty, '--', ...packages];
}

/** argv that fetches the same into the scratch directory's archives, and goes on where it was cut off. */
export function buildFetchArgv(packages: readonly string[]): string[] {
  return ['apt-get', 'install', '--yes', '--download-only', '--quiet=2', '--', ...packages];
}

/** argv that prints the index stanzas of exact versions. */
export function buildShowArgv(versions: readonly string[]): string[] {
  return ['apt-cache', 'show', '--', ...versions];
}

/** argv that asks whether a URL can be had now, by apt's own methods and proxies. */
export function buildReachArgv(url: string, target: string, proxy: string | undefined): string[] {
  const options = ['Acquire::Retries=1', 'Acquire::http::Timeout=20', 'Acquire::https::Timeout=20'];
  const all = proxy === undefined ? options : [...options, `Acquire::http::Proxy=${proxy}`];
  return [
    '/usr/lib/apt/apt-helper',
    ...all.flatMap((option) => ['-o', option]),
    'download-file',
    url,
    target,
  ];
}

/** The reason in the errors of apt's downloader, without the URL that it repeats. */
export function readFetchError(stderr: string): string {
  const line = stderr
    .split('\n')
    .findLast((each) => each.startsWith('E: ') && !/^E: Download Failed/i.test(each));
  return line?.replace(/^E: (?:Failed to fetch \S+ *)?/, '').trim() || 'it cannot be fetched';
}

/** A file that apt would fetch, with the exact package in its name. */
export interface FetchItem {
  /** The name that apt gives the file among its archives. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly url: string;
  readonly size: number;
  /** Empty where apt gives another hash: `Acquire::ForceHash` of `renderAptConf` makes it this one. */
  readonly sha256: string;
}

const URI_LINE =
  /^'([^']+)' (([a-z0-9][a-z0-9+.-]*)_([^_ ]+)_([a-z0-9]+)\.deb) (\d+)(?: SHA256:([0-9a-f]{64})| \S*)?$/;

/**
 * Reads the output of `--print-uris`. Lines that name no file are skipped.
 * @throws TypeError for a file that is no package: to pass it over would be to miss something
 */
export function parsePrintUris(output: string): FetchItem[] {
  const lines = output.split('\n').filter((line) => line.startsWith("'"));
  return lines.map((line) => {
    const match = URI_LINE.exec(line);
    if (match === null) throw new TypeError(`apt lists a file that is no package: ${line.slice(0, 200)}`);
    const [, url = '', file = '', name = '', version = '', architecture = '', size, sha256 = ''] = match;
    const versionText = decodeURIComponent(version);
    return { url, file, name, version: versionText, architecture, size: Number(size), sha256 };
  });
}

/** Splits an index into stanzas. */
export function splitStanzas(text: string): string[] {
  return text.split(/\n{2,}/).filter((stanza) => stanza.trim() !== '');
}

/** A field of one line in a stanza. */
export function readStanzaField(stanza: string, field: string): string | undefined {
  const line = stanza.split('\n').find((each) => each.startsWith(`${field}: `));
  return line?.slice(field.length + 2).trim();
}

/** argv that fetches packages themselves, without what they depend on, into a directory. */
export function buildDownloadArgv(target: string, packages: readonly string[]): string[] {
  return ['env', '--chdir', target, 'apt-get', 'download', '--quiet=2', '--', ...packages];
}

/** argv that lists what `buildDownloadArgv` would fetch, for `parsePrintUris`. */
export function buildDownloadUrisArgv(packages: readonly string[]): string[] {
  return ['apt-get', 'download', '--print-uris', '--quiet=2', '--', ...packages];
}

/** argv of dpkg-deb(1) that unpacks a package's files. */
export function buildUnpackDebArgv(deb: string, target: string): string[] {
  return ['dpkg-deb', '--extract', deb, target];
}
