import type { MirrorFacts } from '../../host/facts.ts';
import type { CacheSpec } from '../../spec/types.ts';
import type { ArchiveSource } from '../../tools/mmdebstrap.ts';
import type { PlanRequest } from './request.ts';

/** What the archives of a guest depend on. */
export type SourceRequest = Pick<PlanRequest, 'site' | 'guest' | 'facts'>;

/** The archives a guest is installed from: the spec's mirror, or those of this machine. */
export function findMirrors(context: Pick<PlanRequest, 'guest' | 'facts'>): MirrorFacts {
  const { guest, facts } = context;
  if (guest.mirror.kind === 'url') {
    return { archive: guest.mirror.url, security: facts.mirrors?.security };
  }
  if (facts.mirrors === undefined) throw new TypeError('the host checks have found a mirror');
  return facts.mirrors;
}

/** Suites with updates and security, as sources.list(5) lines. sid has neither. */
export function listSources(context: SourceRequest): ArchiveSource[] {
  return listSuiteSources(context.guest.suite, findMirrors(context));
}

/** As `listSources`, for a suite and the mirrors it comes from. */
export function listSuiteSources(suite: string, { archive, security }: MirrorFacts): ArchiveSource[] {
  const components = ['main', 'non-free-firmware'];
  const sources = [{ url: archive, suite, components }];
  if (suite === 'sid' || suite === 'unstable') return sources;
  sources.push({ url: archive, suite: `${suite}-updates`, components });
  if (security !== undefined) sources.push({ url: security, suite: `${suite}-security`, components });
  return sources;
}

/** The proxy that packages come through while the guest is installed. */
export function findProxy(context: Pick<PlanRequest, 'site'>): string | undefined {
  return findCacheProxy(context.site.host.cache);
}

export function findCacheProxy(cache: CacheSpec): string | undefined {
  if (cache.kind === 'apt-cacher-ng') return `http://${cache.address}`;
  return cache.kind === 'proxy' ? cache.url : undefined;
}
