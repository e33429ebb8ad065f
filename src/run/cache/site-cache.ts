import type { Dom0Facts } from '../../host/dom0-facts.ts';
import type { MirrorFacts } from '../../host/facts.ts';
import { findCacheUrl, listOwnAddresses } from '../../plan/dom0/cache.ts';
import { isOwnAddress } from '../../spec/cache-address.ts';
import type { Site } from '../../spec/types.ts';
import { ACNG_CONFIG } from '../../tools/apt-cacher-ng.ts';
import { buildListenersArgv, parseListener } from '../../tools/ss.ts';
import { readAddresses } from '../dom0/addresses.ts';
import type { Runner } from '../runner.ts';
import { canReach } from '../vault/reach.ts';
import { probeCache } from './probe.ts';
import type { SeenFiles } from './seen.ts';

type SiteCache = Pick<Dom0Facts, 'cache' | 'cacheAnswers' | 'cacheListener'>;

/** The cache of site.yaml: whether it answers and, where it is this machine's own, all that it stores. Reads only. */
export async function probeSiteCache(
  runner: Runner,
  site: Site,
  mirrors: MirrorFacts | undefined,
  suite: string,
  seen: SeenFiles,
): Promise<SiteCache> {
  const spec = site.host.cache;
  if (spec.kind === 'off') return { cache: undefined, cacheAnswers: false, cacheListener: undefined };
  const proxy = findCacheUrl(spec);
  const isOwn =
    spec.kind === 'apt-cacher-ng' && isOwnAddress(spec.address, listOwnAddresses(site, readAddresses()));
  const cache = isOwn
    ? await probeCache({ runner, config: ACNG_CONFIG, proxy, mirrors, suite, seen })
    : undefined;
  const url = mirrors === undefined ? undefined : `${mirrors.archive}/dists/${suite}/InRelease`;
  const cacheAnswers = cache?.answers ?? (url !== undefined && (await canReach(runner, url, proxy)));
  if (!isOwn) return { cache, cacheAnswers, cacheListener: undefined };
  const port = Number(spec.address.slice(spec.address.lastIndexOf(':') + 1));
  const listeners = await runner.run({ argv: buildListenersArgv(port), deadlineSeconds: 30 });
  return { cache, cacheAnswers, cacheListener: parseListener(listeners.stdout) };
}
