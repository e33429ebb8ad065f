/** argv of apt's downloader: each file is checked against its hash before it gets its name. */
export function buildDownloadArgv(
  files: readonly { readonly url: string; readonly path: string; readonly sha256: string }[],
  proxy: string | undefined,
): string[] {
  return [
    '/usr/lib/apt/apt-helper',
    ...['-o', 'Acquire::Retries=3', '-o', 'Acquire::http::Timeout=30', '-o', 'APT::Sandbox::User=root'],
    ...(proxy === undefined ? [] : ['-o', `Acquire::http::Proxy=${proxy}`]),
    'download-file',
    ...files.flatMap(({ url, path, sha256 }) => [url, path, `SHA256:${sha256}`]),
  ];
}

/** What a Release file says of its suite and its date; undefined when it has no date. */
export function parseRelease(text: string): { suites: string[]; date: number } | undefined {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  const date = Date.parse(field('Date') ?? '');
  if (Number.isNaN(date)) return undefined;
  const suites = [field('Suite'), field('Codename')].filter((suite): suite is string => suite !== undefined);
  return { suites, date: date / 1000 };
}

/** argv of dpkg-deb(1) that prints the control fields of a package. */
export function buildControlArgv(deb: string): string[] {
  return ['dpkg-deb', '--field', deb];
}
