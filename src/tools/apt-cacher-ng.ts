import { requireMatchingAddress } from './addresses.ts';

/** Where Debian's apt-cacher-ng keeps its settings, unless told otherwise. */
export const ACNG_CONFIG = '/etc/apt-cacher-ng';
export const ACNG_USER = 'apt-cacher-ng';

/**
 * Settings of an apt-cacher-ng directory (acng.conf(5)): files in the order of their names, the last value of a key
 * holds. Keys are lower case.
 */
export function parseAcngSettings(texts: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const line of texts.join('\n').split('\n')) {
    const found = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*:\s*(.*?)\s*$/.exec(line);
    if (found?.[1] !== undefined) settings[found[1].toLowerCase()] = found[2] ?? '';
  }
  return settings;
}

/** The lines of a list of backends; comments left out. */
export function parseBackends(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** local.conf: relight's settings. No PassThroughPattern: the built-in one lets no CONNECT through to package archives. */
export function renderAcngSettings(listen: readonly string[], port: number): string {
  return [`BindAddress: ${listen.map(requireMatchingAddress).join(' ')}`, `Port: ${port}`, ''].join('\n');
}

/** argv of the cache's own maintenance: it removes what no index names any more. */
export function buildMaintenanceArgv(config: string, socket: string): string[] {
  return ['/usr/lib/apt-cacher-ng/acngtool', 'maint', '-c', config, `SocketPath=${socket}`];
}

/** Whether the page that a maintenance run left says that it gave up (source: "aborting as requested", "aborting expiration"). */
export function findMaintenanceAbort(page: string): string | undefined {
  const lines = page.split('\n').map((line) => line.replace(/<[^>]*>/g, '').trim());
  return lines.find((line) => /aborting (?:as requested|expiration)/i.test(line));
}
