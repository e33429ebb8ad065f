import type { CacheFacts } from '../../host/cache-facts.ts';
import type { MirrorFacts } from '../../host/facts.ts';
import { makeIssue } from '../../report/codes.ts';
import type { Issue } from '../../report/issue.ts';
import { ACNG_USER, buildMaintenanceArgv } from '../../tools/apt-cacher-ng.ts';
import type { Action, Step } from '../types.ts';
import { makeAction } from './files.ts';

/** Below this apt-cacher-ng cannot take a big package in. */
export const LEAST_FREE = 512 * 1024 ** 2;
/** Paths on one command line. */
const BATCH = 200;

/** How the cache's service is stopped and started: by systemd, or in tests by a process of their own. */
export interface CacheService {
  readonly stop: readonly string[];
  readonly start: readonly string[];
}

export const SYSTEMD_SERVICE: CacheService = {
  stop: ['systemctl', 'stop', 'apt-cacher-ng.service'],
  start: ['systemctl', 'restart', 'apt-cacher-ng.service'],
};

export interface CacheFault {
  readonly id: 'damaged' | 'stuck' | 'full' | 'backend' | 'owner' | 'silent';
  readonly issue: Issue;
  /** What mends it while the service is stopped; none: only a person can. */
  readonly steps: readonly Step[];
}

/** What is wrong with a cache, and what mends each. Removing from a cache loses nothing but a second download. */
export function findCacheFaults(
  facts: CacheFacts,
  mirrors: MirrorFacts | undefined,
  backendsText: (urls: readonly string[]) => string,
): CacheFault[] {
  const faults: CacheFault[] = [];
  const { directory, damaged, stuck, freeBytes, foreign, config } = facts;
  const [first] = damaged;
  if (first !== undefined) {
    const issue = makeIssue('RL1431', { count: damaged.length, path: first.path, reason: first.reason });
    faults.push({
      id: 'damaged',
      issue,
      steps: removeAll(damaged.flatMap(({ path }) => [path, `${path}.head`])),
    });
  }
  if (stuck !== undefined) {
    const snapshots = `${directory}/_xstore/rsnap`;
    const argv = ['rm', '-rf', '--one-file-system', '--', snapshots];
    const issue = makeIssue('RL1432', { detail: stuck, path: snapshots });
    faults.push({ id: 'stuck', issue, steps: [{ do: 'run', argv, deadline: 600 }] });
  }
  if (freeBytes < LEAST_FREE) {
    const issue = makeIssue('RL1433', { path: directory, free: Math.floor(freeBytes / 1024 ** 2) });
    faults.push({ id: 'full', issue, steps: removeAll(chooseOldest(facts)) });
  }
  const [owned] = foreign;
  if (owned !== undefined) {
    const argv = ['chown', '--recursive', '--no-dereference', `${ACNG_USER}:${ACNG_USER}`, '--', directory];
    const issue = makeIssue('RL1435', { path: owned, user: ACNG_USER });
    faults.push({ id: 'owner', issue, steps: [{ do: 'run', argv, deadline: 600 }] });
  }
  if (!facts.answers) faults.push(explainSilence(facts, mirrors, config, backendsText));
  return faults;
}

/** The cache gives nothing: the mirror is down, its list of backends is wrong, or it does not run. */
function explainSilence(
  facts: CacheFacts,
  mirrors: MirrorFacts | undefined,
  config: string,
  backendsText: (urls: readonly string[]) => string,
): CacheFault {
  const url = mirrors?.archive ?? 'unknown';
  if (!facts.mirrorAnswers) return { id: 'backend', issue: makeIssue('RL1434', { url }), steps: [] };
  const wanted = mirrors === undefined ? [] : [`${mirrors.archive}/`];
  const isRight = facts.backends.join() === wanted.join();
  if (isRight || mirrors === undefined) return { id: 'silent', issue: makeIssue('RL1436', {}), steps: [] };
  const issue = makeIssue('RL1437', { backends: facts.backends.join(' ') || 'none', url });
  const path = `${config}/backends_debian`;
  return {
    id: 'backend',
    issue,
    steps: [{ do: 'write-file', path, content: backendsText(wanted), mode: 0o644 }],
  };
}

/** Actions that mend every fault that can be: stop, mend, start, and the cache's own maintenance where it was stuck. */
export function planCacheClean(
  facts: CacheFacts,
  faults: readonly CacheFault[],
  service: CacheService,
): Action[] {
  const mendable = faults.filter((fault) => fault.steps.length > 0 || fault.id === 'silent');
  if (mendable.length === 0) return [];
  const run = (id: string, title: string, steps: readonly Step[]): Action => ({
    ...makeAction(id, title),
    steps,
  });
  const maintenance: Step = {
    do: 'run',
    argv: buildMaintenanceArgv(facts.config, facts.socket),
    deadline: 3600,
  };
  return [
    run('stop', 'stop the package cache', [{ do: 'run', argv: service.stop, deadline: 120 }]),
    ...mendable
      .filter((fault) => fault.steps.length > 0)
      .map((fault) => run(`mend-${fault.id}`, `mend: ${fault.issue.message}`, fault.steps)),
    run('start', 'start the package cache', [{ do: 'run', argv: service.start, deadline: 120 }]),
    ...(mendable.some((fault) => fault.id === 'stuck')
      ? [run('maintain', 'run the maintenance of the package cache', [maintenance])]
      : []),
  ];
}

function chooseOldest(facts: CacheFacts): string[] {
  const paths: string[] = [];
  let free = facts.freeBytes;
  for (const { path, size } of facts.oldest) {
    if (free >= 2 * LEAST_FREE) break;
    free += size;
    paths.push(path, `${path}.head`);
  }
  return paths;
}

function removeAll(paths: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < paths.length; index += BATCH) {
    const argv = ['rm', '-f', '--', ...paths.slice(index, index + BATCH)];
    steps.push({ do: 'run', argv, deadline: 600 });
  }
  return steps;
}
