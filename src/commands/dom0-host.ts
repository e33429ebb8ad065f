import { randomBytes } from 'node:crypto';
import type { HostPaths } from '../host/facts.ts';
import { DOM0, statePaths } from '../host/paths.ts';
import { listDom0Items } from '../plan/dom0/build.ts';
import type { Dom0Item, Dom0Request } from '../plan/dom0/types.ts';
import { EXIT } from '../report/failure.ts';
import { formatPretty } from '../report/format-pretty.ts';
import { makeFailure } from '../report/make-failure.ts';
import { probeDom0 } from '../run/dom0/probe.ts';
import { pathExists } from '../run/files.ts';
import { requireRoot } from '../run/identity.ts';
import { choosePaths } from '../run/probe-host.ts';
import type { Runner } from '../run/runner.ts';
import { openSession, type Session } from '../run/session.ts';
import type { Site } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import { loadSite } from './load-site.ts';
import { nameFileFrom } from './name-file.ts';

export interface Dom0Options {
  readonly site?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly storage?: string;
  /** Read every file of the package cache, those that were whole before included. */
  readonly deep?: boolean;
}

/** The site of a command about this machine. @throws Failure EXIT.invalid when it has errors */
export function loadDom0Site(context: CommandContext, options: Dom0Options): Site {
  const loaded = loadSite(context, options.site);
  const { site, sources } = loaded.parsed;
  if (site !== undefined) return site;
  const report = {
    issues: loaded.parsed.issues,
    sources,
    nameFile: nameFileFrom(context.workingDirectory),
  };
  context.say(formatPretty(report, { color: context.color }));
  throw makeFailure(EXIT.invalid, 'RL1416', { site: loaded.directory });
}

/** Where relight keeps what it knows of this machine: a dom0's paths, though it may not run under Xen yet. */
export function findDom0Paths(context: CommandContext): HostPaths {
  return choosePaths('xl', context.environment);
}

/** Probes this machine and compares it with what the site wants. Reads only. */
export async function compareDom0(
  site: Site,
  paths: HostPaths,
  runner: Runner,
  options: Dom0Options,
): Promise<{ readonly request: Dom0Request; readonly items: readonly Dom0Item[] }> {
  const { storage, deep = false } = options;
  const facts = await probeDom0({ site, paths, runner, storageDisk: storage, deep });
  const request: Dom0Request = {
    ...{ site, facts, storageDisk: storage, force: options.force === true },
    operation: drawDom0Operation(paths),
    relightVersion: RELIGHT_VERSION,
  };
  return { request, items: listDom0Items(request) };
}

/** Runs `act` with the lock of this machine's setup held, a log open, and lets go of both. */
export async function withDom0<T>(
  context: CommandContext,
  command: string,
  act: (session: Session, paths: HostPaths) => Promise<T>,
): Promise<T> {
  requireRoot(`relight ${command}`);
  const paths = findDom0Paths(context);
  const session = await openSession({
    guest: DOM0,
    subject: 'this machine',
    command: `relight ${command}`,
    paths,
    hypervisor: 'xl',
    environment: context.environment,
    signal: context.signal,
    say: context.verbose ? (line) => context.say(`${line}\n`) : undefined,
  });
  try {
    return await act(session, paths);
  } finally {
    session.close();
  }
}

/** Six hexadecimal digits that no operation on this machine bears. */
export function drawDom0Operation(paths: HostPaths): string {
  for (;;) {
    const operation = randomBytes(3).toString('hex');
    if (!pathExists(statePaths.operation(paths, DOM0, operation))) return operation;
  }
}
