import { formatPath, locateValue } from '../locate.ts';
import { Reporter, type RuleContext } from './context.ts';

/** What guests keep of the package cache must lead them to it: a loopback address leads each guest to itself. */
export function checkCache(context: RuleContext): Reporter {
  const reporter = new Reporter();
  const { siteDocument, site } = context.sources;
  const cache = site.host?.cache;
  if (siteDocument === undefined || cache === undefined || typeof cache === 'string') return reporter;
  const { guests = 'remove' } = cache;
  const address = cache['apt-cacher-ng'] ?? readAuthority(cache.proxy ?? '');
  if (guests === 'remove' || !isLoopback(address)) return reporter;
  const path = ['host', 'cache', 'guests'];
  const place = { position: locateValue(siteDocument, path), path: formatPath(path) };
  reporter.at(place, 'RL1441', { address, guests });
  return reporter;
}

function readAuthority(url: string): string {
  return /^[a-z]+:\/\/([^/]*)/.exec(url)?.[1] ?? '';
}

function isLoopback(authority: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(authority);
}
