import { runProgram } from './process.ts';

/** Archives as this machine's own apt knows them. */
export interface Archives {
  readonly debian: string;
  readonly security: string | undefined;
  readonly keyring: string;
}

const FORMAT = '$(ORIGIN)\t$(LABEL)\t$(REPO_URI)\t$(CREATED_BY)';

/** Reads the archives from `apt-get indextargets`, so that the lab works wherever apt works. */
export async function readArchives(): Promise<Archives> {
  const { stdout } = await runProgram(['apt-get', 'indextargets', '--format', FORMAT]);
  const found = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [origin, label = '', uri = '', createdBy] = line.split('\t');
    if (origin === 'Debian' && createdBy === 'Packages' && !found.has(label)) {
      found.set(label, uri.replace(/\/+$/, ''));
    }
  }
  const debian = found.get('Debian');
  if (debian === undefined) throw new Error('apt knows no Debian archive; run apt-get update first');
  return {
    debian,
    security: found.get('Debian-Security'),
    keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  };
}

/** The lines of sources.list for a suite. */
export function sourceLines(archives: Archives, suite: string): string[] {
  const lines = [`deb ${archives.debian} ${suite} main`];
  if (archives.security !== undefined) lines.push(`deb ${archives.security} ${suite}-security main`);
  return lines;
}

/** apt's settings for reaching the archives (proxies, validity checks), handed on to mmdebstrap. */
export async function readAptOptions(): Promise<string[]> {
  const { stdout } = await runProgram(['apt-config', 'dump']);
  const wanted = /^Acquire::(https?::|Check-|Retries|ForceIPv)/;
  const options = stdout.split('\n').filter((line) => wanted.test(line) && !line.endsWith('"";'));
  return [...options.map((line) => line.replace(/;$/, '')), 'APT::Install-Recommends "false"'];
}

/** Installs what the lab needs on this machine, naming each package, when something is missing. */
export async function requirePrograms(needed: Readonly<Record<string, string>>): Promise<void> {
  const missing: string[] = [];
  for (const [program, packageName] of Object.entries(needed)) {
    const found = await runProgram(['sh', '-c', 'command -v "$0"', program]).catch(() => undefined);
    if (found === undefined) missing.push(packageName);
  }
  if (missing.length === 0) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...new Set(missing)];
  throw new Error(`the lab needs programs that are not installed; run: ${install.join(' ')}`);
}
