import { refuse, requireMatch, requirePath } from './refuse.ts';

/** The archives a guest fetches packages from. */
export interface MirrorUrls {
  readonly archive: string;
  /** Undefined: no security stanza. */
  readonly security: string | undefined;
}

export interface SourcesRequest {
  readonly suite: string;
  readonly mirror: MirrorUrls;
  /** Default: main and non-free-firmware, which exists since bookworm. */
  readonly components?: readonly string[];
  /** Default: Debian's own keyring inside the guest. */
  readonly keyring?: string;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** Rolling suites have neither updates nor security: fixes arrive in the suite itself. */
const ROLLING: ReadonlySet<string> = new Set(['sid', 'unstable', 'experimental']);

/** Writes /etc/apt/sources.list.d/debian.sources in deb822 (sources.list(5)). @throws Failure RL0901 */
export function renderSources(request: SourcesRequest): string {
  const suite = requireMatch('a suite', request.suite, /^[a-z][a-z0-9-]*$/, 'a plain name, as trixie');
  const isRolling = ROLLING.has(suite);
  const main = stanza(request, request.mirror.archive, isRolling ? [suite] : [suite, `${suite}-updates`]);
  const { security } = request.mirror;
  const extra = isRolling || security === undefined ? [] : [stanza(request, security, [`${suite}-security`])];
  return `# Written by relight.\n${[main, ...extra].join('\n')}`;
}

function stanza(request: SourcesRequest, url: string, suites: readonly string[]): string {
  const components = (request.components ?? ['main', 'non-free-firmware']).map((component) =>
    requireMatch('a component', component, /^[a-z][a-z0-9-]*$/, 'a plain name, as main'),
  );
  return [
    'Types: deb\n',
    `URIs: ${requireArchiveUrl(url)}\n`,
    `Suites: ${suites.join(' ')}\n`,
    `Components: ${components.join(' ')}\n`,
    `Signed-By: ${requireKeyring(request.keyring ?? KEYRING)}\n`,
  ].join('');
}

/** apt takes a comma for the end of one keyring's name and the start of the next. @throws Failure RL0901 */
function requireKeyring(path: string): string {
  return path.includes(',') ? refuse('a keyring', path, 'free of commas') : requirePath('a keyring', path);
}

/** No user names or passwords: every user of the guest can read the file. @throws Failure RL0901 */
function requireArchiveUrl(url: string): string {
  const pattern = /^https?:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[A-Za-z0-9._~%+,:@=&?/-]*)?$/;
  return requireMatch('an archive', url, pattern, 'an http or https URL without user and password');
}
