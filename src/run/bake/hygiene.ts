import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { readInside, statInside } from '../rootfs/inside.ts';

/** Directories whose small files are read through for secrets. */
const SEARCHED = ['/etc', '/root', '/home', '/opt', '/srv', '/usr/local'];
const LARGEST_SEARCHED = 256 * 1024;
/** A private key of any form; the name and password in a URL. */
const SECRETS: readonly [RegExp, string][] = [
  [/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/, 'a private key'],
  [/\b[a-z]{3,6}:\/\/[^\s/:@]+:[^\s/@]+@/, 'a password in a URL'],
];
/** What must be absent or empty. A directory must hold no file at any depth. */
const EMPTY = [
  ...['/etc/machine-id', '/etc/resolv.conf', '/var/lib/dbus/machine-id', '/var/lib/systemd/random-seed'],
  ...['/var/log', '/var/lib/apt/lists', '/var/cache/apt/archives', '/var/tmp', '/usr/sbin/policy-rc.d'],
  ...['/etc/apt/sources.list', '/etc/apt/auth.conf', '/etc/apt/auth.conf.d'],
];

/**
 * Looks for what must not be in an image: identity, traces of the bake, settings of the installation, secrets, and
 * setuid or setgid files that the image before did not have. @throws Failure RL1530 with all of it, RL1531
 */
export function checkHygiene(root: string, known: readonly string[] | undefined): void {
  const found = [...findLeftovers(root), ...findSettings(root), ...findPasswords(root), ...findSecrets(root)];
  if (found.length > 0) {
    throw makeFailure(EXIT.failed, 'RL1530', { found: found.slice(0, 20).join('; ') });
  }
  if (known === undefined) return;
  const before = new Set(known);
  const fresh = listPrivileged(root).filter((line) => !before.has(line));
  if (fresh.length === 0) return;
  throw makeFailure(EXIT.failed, 'RL1531', { files: fresh.join(', ') });
}

/** Regular files that are setuid or setgid, as `mode path`, sorted by path. */
export function listPrivileged(root: string): string[] {
  const found: string[] = [];
  walk(root, '', (path, stats) => {
    if (stats.isFile() && (stats.mode & 0o6000) !== 0)
      found.push(`${(stats.mode & 0o7777).toString(8)} ${path}`);
  });
  return found;
}

function findLeftovers(root: string): string[] {
  const leftovers = EMPTY.flatMap((path) =>
    listContent(root, path).map((each) => `${each} must be absent or empty`),
  );
  const keys = listContent(root, '/etc/ssh').filter((path) => /\/ssh_host_.*_key(?:\.pub)?$/.test(path));
  return [...leftovers, ...keys.map((path) => `${path} is an identity`)];
}

/** Settings of apt and dpkg that only the bake may have. */
function findSettings(root: string): string[] {
  const files = ['/etc/apt', '/etc/dpkg'].flatMap((path) => listContent(root, path));
  return files.flatMap((path) => {
    const text = readInside(root, path)?.toString('utf8') ?? '';
    if (/^\s*(?:--)?force-unsafe-io/m.test(text)) return [`${path} has force-unsafe-io`];
    return /^[^#/]*Acquire::[A-Za-z:]*Proxy/im.test(text) ? [`${path} has a proxy`] : [];
  });
}

/** Accounts that have a password (shadow(5)): an image has none, a restore sets those of the guest. */
function findPasswords(root: string): string[] {
  const text = readInside(root, '/etc/shadow')?.toString('utf8') ?? '';
  return text.split('\n').flatMap((line) => {
    const [name = '', password = '*'] = line.split(':');
    if (name === '' || /^[*!]/.test(password)) return [];
    return [password === '' ? `${name} may log in without a password` : `${name} has a password`];
  });
}

function findSecrets(root: string): string[] {
  return SEARCHED.flatMap((top) => listContent(root, top)).flatMap((path) => {
    const size = statInside(root, path)?.size ?? 0;
    if (size === 0 || size > LARGEST_SEARCHED) return [];
    const text = readInside(root, path)?.toString('latin1') ?? '';
    return SECRETS.filter(([pattern]) => pattern.test(text)).map(([, what]) => `${path} holds ${what}`);
  });
}

/** Files that are not empty, at a path or below it; links are not followed. */
function listContent(root: string, path: string): string[] {
  const found: string[] = [];
  const stats = statInside(root, path, false);
  if (stats?.isDirectory() === true) {
    walk(root, path, (each, { size }) => {
      if (size > 0) found.push(each);
    });
  } else if (stats !== undefined && stats.size > 0) found.push(path);
  return found;
}

function walk(root: string, path: string, visit: (path: string, stats: Stats) => void): void {
  for (const name of readdirSync(`${root}${path}`).sort()) {
    const here = `${path}/${name}`;
    const stats = lstatSync(`${root}${here}`);
    if (stats.isDirectory()) walk(root, here, visit);
    else visit(here, stats);
  }
}
