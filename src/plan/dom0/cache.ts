import { DOM0, statePaths } from '../../host/paths.ts';
import { hostAddressOf, listNatNetworks } from '../../render/host-network/forwards.ts';
import { makeIssue } from '../../report/codes.ts';
import { isOwnAddress } from '../../spec/cache-address.ts';
import type { CacheSpec, Site } from '../../spec/types.ts';
import { buildReachArgv } from '../../tools/apt.ts';
import { ACNG_CONFIG, parseBackends, renderAcngSettings } from '../../tools/apt-cacher-ng.ts';
import type { Step } from '../types.ts';
import { findCacheFaults, SYSTEMD_SERVICE } from './cache-faults.ts';
import { isSigned, makeAction, planFiles, signText } from './files.ts';
import { planInstall } from './packages.ts';
import type { Dom0Item, Dom0Part, Dom0Request } from './types.ts';

export const ACNG_LOCAL_PATH = `${ACNG_CONFIG}/local.conf`;
export const ACNG_BACKENDS_PATH = `${ACNG_CONFIG}/backends_debian`;
/** Its unit begins after network.target only: it would leave out, for good, an address that is not there yet. */
export const ACNG_UNIT_PATH = '/etc/systemd/system/apt-cacher-ng.service.d/relight.conf';
const ACNG_UNIT = '[Unit]\nWants=network-online.target\nAfter=network-online.target\n';
export const APT_CACHE_PATH = '/etc/apt/apt.conf.d/30relight-cache';
/** Tried with 3.7.4: above it, it says "Error resolving address for binding" and serves nobody. */
const LARGEST_PORT = 32_767;
const RELOAD: Step = { do: 'run', argv: ['systemctl', 'daemon-reload'], deadline: 120 };
const AREA = 'cache' as const;

/** The package cache of site.yaml: installed where it is this machine's own, proved, and used by dom0's own apt. */
export const planCache: Dom0Part = (request) => {
  const { cache } = request.site.host;
  if (cache.kind === 'off') return [];
  const foreign = findForeignListener(request, cache);
  if (foreign !== undefined) return [foreign];
  const own = listOwnAddresses(request.site, request.facts.addresses);
  const isOwn = cache.kind === 'apt-cacher-ng' && isOwnAddress(cache.address, own);
  // An apt-cacher that is there already serves as well as a new one would.
  const isOther = request.facts.installed.includes('apt-cacher');
  const install =
    !isOwn || isOther || cache.kind !== 'apt-cacher-ng'
      ? []
      : isElsewhereManaged(request)
        ? [describeFound(), ...listFaults(request)]
        : planServer(request, cache);
  return [...install, planProof(request, cache, install.length > 0), planApt(request, cache)];
};

/** An apt-cacher-ng that was here before relight and serves at the site's port keeps its settings, unless --force says else. */
function isElsewhereManaged({ facts, force }: Dom0Request): boolean {
  const isOurs = isSigned(facts.files[ACNG_LOCAL_PATH]?.text ?? '');
  return facts.cacheListener !== undefined && facts.cacheAnswers && !isOurs && !force;
}

function describeFound(): Dom0Item {
  const title = 'the apt-cacher-ng that is here already is used as it is';
  return { id: 'cache-found', area: AREA, title, state: 'note', detail: `${ACNG_CONFIG} is not changed` };
}

/** The addresses of this machine, those that its nat networks are to give it included. */
export function listOwnAddresses(site: Pick<Site, 'networks'>, found: readonly string[]): string[] {
  return [...found, ...listNatNetworks(site.networks).map(hostAddressOf)];
}

/** The URL by which a cache is used. */
export function findCacheUrl(cache: Exclude<CacheSpec, { kind: 'off' }>): string {
  return cache.kind === 'proxy' ? cache.url : `http://${cache.address}`;
}

/** backends_debian: the archive of dom0's own apt. */
export function renderBackends(urls: readonly string[]): string {
  return signText(urls.map((url) => `${url}\n`).join(''));
}

function planServer(request: Dom0Request, cache: Extract<CacheSpec, { kind: 'apt-cacher-ng' }>): Dom0Item[] {
  const { facts } = request;
  const place = cache.address.lastIndexOf(':');
  const host = cache.address.slice(0, place).replace(/^\[|\]$/g, '');
  const own = host === 'localhost' ? '127.0.0.1' : host;
  const port = Number(cache.address.slice(place + 1));
  if (port > LARGEST_PORT) {
    const issue = makeIssue('RL1440', { port });
    return [{ id: 'cache-port', area: AREA, title: issue.message, state: 'refused', detail: '', issue }];
  }
  const listen = [...new Set(['127.0.0.1', own, ...cache.listen])];
  const settings = renderAcngSettings(listen, port);
  const isInstalled = facts.installed.includes('apt-cacher-ng');
  const urls = facts.mirrors === undefined ? [] : [`${facts.mirrors.archive}/`];
  const files = planFiles(request, {
    id: 'cache-settings',
    area: AREA,
    title: `apt-cacher-ng listens on ${listen.join(', ')} only, and fetches from this machine's own mirror`,
    files: [
      { path: ACNG_LOCAL_PATH, text: signText(settings), mode: 0o644 },
      { path: ACNG_BACKENDS_PATH, text: renderBackends(urls), mode: 0o644 },
      { path: ACNG_UNIT_PATH, text: signText(ACNG_UNIT), mode: 0o644 },
    ],
    // Written before the package comes, so that the service never listens elsewhere.
    apply: isInstalled ? [RELOAD, { do: 'run', argv: SYSTEMD_SERVICE.start, deadline: 120 }] : [],
    // Its postinst writes the file anew, from apt's sources and without relight's line, after relight has.
    equivalent: (path, text) =>
      path === ACNG_BACKENDS_PATH && parseBackends(text).join() === urls.join() && urls.length > 0,
    // The package makes it, empty or from apt's sources: a list of URLs is nobody's handiwork.
    replaceable: (path, text) =>
      path === ACNG_BACKENDS_PATH && parseBackends(text).every((line) => /^https?:\/\/\S+$/.test(line)),
  });
  const install = planInstall(request, AREA, 'cache-package', 'apt-cacher-ng', ['apt-cacher-ng']);
  return [files, install, ...listFaults(request)];
}

function listFaults({ facts }: Dom0Request): Dom0Item[] {
  if (facts.cache === undefined || !facts.installed.includes('apt-cacher-ng')) return [];
  const faults = findCacheFaults(facts.cache, facts.mirrors, renderBackends).filter(
    // What does not answer yet is the proof's affair.
    (fault) => fault.id !== 'silent',
  );
  if (faults.length === 0) {
    const detail = `${facts.cache.directory}, ${Math.floor(facts.cache.freeBytes / 1024 ** 2)} MiB free`;
    return [
      { id: 'cache-content', area: AREA, title: 'what the cache stores is whole', state: 'ok', detail },
    ];
  }
  return faults.map(({ id, issue }) => ({
    ...{ id: `cache-${id}`, area: AREA, title: issue.message, state: 'broken', detail: '', issue },
  }));
}

/** A file of the archive comes through the cache. In a setup it is fetched before apt is pointed there. */
function planProof(
  request: Dom0Request,
  cache: Exclude<CacheSpec, { kind: 'off' }>,
  isServer: boolean,
): Dom0Item {
  const { facts, operation } = request;
  const url = findCacheUrl(cache);
  const shared = { id: 'cache-answers', area: AREA, title: `packages come through ${url}` };
  if (facts.mirrors === undefined) {
    return { ...shared, state: 'broken', detail: 'apt knows no archive', issue: makeIssue('RL1436', {}) };
  }
  if (facts.cacheAnswers) return { ...shared, state: 'ok', detail: facts.mirrors.archive };
  const target = `${statePaths.operation(facts.paths, DOM0, operation)}/fetched`;
  const file = `${facts.mirrors.archive}/dists/${facts.system.codename}/InRelease`;
  const fetch: Step = { do: 'run', argv: buildReachArgv(file, target, url), deadline: 120 };
  const start: Step[] = isServer ? [{ do: 'run', argv: SYSTEMD_SERVICE.start, deadline: 120 }] : [];
  const action = { ...makeAction(shared.id, `fetch a file through ${url}`), steps: [...start, fetch] };
  return { ...shared, state: 'todo', detail: 'it does not answer yet', action };
}

/** dom0's own apt: http through the cache, https as it was, since no CONNECT is open. */
function planApt(request: Dom0Request, cache: Exclude<CacheSpec, { kind: 'off' }>): Dom0Item {
  const text = `Acquire::http::Proxy "${findCacheUrl(cache)}";\nAcquire::https::Proxy "DIRECT";\n`;
  return planFiles(request, {
    id: 'cache-apt',
    area: AREA,
    title: "this machine's own apt uses the cache",
    files: [{ path: APT_CACHE_PATH, text: signText(text), mode: 0o644 }],
    apply: [],
  });
}

function findForeignListener(
  { facts }: Dom0Request,
  cache: Exclude<CacheSpec, { kind: 'off' }>,
): Dom0Item | undefined {
  if (cache.kind === 'proxy' || facts.cacheListener === undefined) return undefined;
  if (/^apt-cacher/.test(facts.cacheListener)) return undefined;
  const port = cache.address.slice(cache.address.lastIndexOf(':') + 1);
  const issue = makeIssue('RL1430', { port, program: facts.cacheListener });
  return { id: 'cache-port', area: AREA, title: issue.message, state: 'refused', detail: '', issue };
}
