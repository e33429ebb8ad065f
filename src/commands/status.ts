import { statePaths } from '../host/paths.ts';
import type { RunState } from '../journal/fold.ts';
import { type DriftField, findDrift } from '../plan/drift.ts';
import { type DomainShape, shapeQemuConfig, shapeSpec, shapeXlConfig } from '../plan/shape.ts';
import type { Phase } from '../plan/types.ts';
import { type ConfigHeader, parseConfigHeader } from '../render/config-header.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { pathExists, readTextFile } from '../run/files.ts';
import type { Hypervisor, RunningDomain } from '../run/hypervisor.ts';
import { readLockHolders } from '../run/lock.ts';
import { listOperations, type OperationRecord } from '../run/operations.ts';
import { chooseHypervisor, choosePaths } from '../run/probe-host.ts';
import { readForwardFiles } from '../run/probe-network.ts';
import { createRunner } from '../run/runner-spawn.ts';
import { openHypervisor } from '../run/session.ts';
import { normaliseHost } from '../spec/normalise/site.ts';
import type { GuestSpec, Site } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import { loadSite, makeUnknownGuest } from './load-site.ts';
import { hashSpec } from './make-plan.ts';
import { listForwarded } from './status-forwards.ts';
import { findMode, type GuestMode } from './status-mode.ts';
import { formatStatus } from './status-text.ts';

/** A guest as it is wanted and as it is; version 1 of `status --json`. */
export interface GuestStatus {
  readonly name: string;
  readonly wanted: { readonly guest: string; readonly boot: string; readonly start: string } | undefined;
  readonly running: RunningDomain | undefined;
  readonly generation: string | undefined;
  /** PV, PVH, PVHVM or HVM, and how that was learnt. */
  readonly mode: GuestMode | undefined;
  /** Fields in which spec, configuration and running domain differ. */
  readonly drift: readonly DriftField[];
  /** What else is not as it should be. */
  readonly notes: readonly string[];
  /** Public addresses and ports of dom0 that the spec gives to this guest, and whether the rules are in place. */
  readonly forwarded: readonly { readonly text: string; readonly inPlace: boolean }[];
  readonly unfinished:
    | { readonly operation: string; readonly action: string | undefined; readonly advice: string }
    | undefined;
  readonly last:
    | {
        readonly operation: string;
        readonly route: string;
        readonly outcome: string;
        readonly endedAt: string;
        readonly seconds: number;
        /** Seconds spent in each phase. */
        readonly phases: Readonly<Partial<Record<Phase, number>>>;
      }
    | undefined;
  readonly heldBy: string | undefined;
  /** What a relight that has died has left running: it holds the guest until it ends. */
  readonly orphans: readonly string[];
}

/** Routes of operations that rebuild nothing. */
const NO_REBUILDS: readonly string[] = ['prune', 'rollback'];

/** `relight status [NAME]`: wanted, real, drift, unfinished work, last rebuild. Reads only, takes no lock. */
export async function runStatus(
  context: CommandContext,
  name: string | undefined,
  options: { readonly site?: string; readonly json?: boolean },
): Promise<ExitStatus> {
  const loaded = loadSite(context, options.site);
  const { site } = loaded.parsed;
  if (name !== undefined && !loaded.parsed.guestFiles.has(name)) throw makeUnknownGuest(loaded, name);
  const host = site?.host ?? normaliseHost({});
  const kind = chooseHypervisor(host);
  const paths = choosePaths(kind, context.environment);
  const hypervisor = openHypervisor(
    kind,
    createRunner({ environment: context.environment, signal: context.signal }),
    paths,
  );
  await hypervisor.requireAnswer?.();
  const names = name === undefined ? [...loaded.parsed.guestFiles.keys()].sort() : [name];
  const forwards = readForwardFiles();
  const statuses: GuestStatus[] = [];
  for (const each of names) {
    statuses.push(await readStatus(each, site, { paths, hypervisor, forwards }));
  }
  if (options.json === true) {
    context.print(`${JSON.stringify({ version: 1, hypervisor: kind, guests: statuses }, undefined, 2)}\n`);
  } else for (const status of statuses) context.print(formatStatus(status));
  return EXIT.done;
}

async function readStatus(
  name: string,
  site: Site | undefined,
  host: {
    readonly paths: ReturnType<typeof choosePaths>;
    readonly hypervisor: Hypervisor;
    readonly forwards: ReadonlyMap<string, string>;
  },
): Promise<GuestStatus> {
  const { paths, hypervisor } = host;
  const guest = site?.guests.get(name);
  const config = statePaths.config(paths, name);
  const text = pathExists(config) ? readTextFile(config) : undefined;
  const header = text === undefined ? undefined : parseConfigHeader(text);
  const operations = listOperations(paths, name);
  const running = await hypervisor.find(name);
  const unfinished = operations.findLast(({ state }) => !state.finished && !state.rolledBack);
  const last = operations.findLast(
    ({ state }) => (state.finished || state.rolledBack) && !NO_REBUILDS.includes(state.route),
  );
  const configured = text === undefined ? undefined : shapeConfig(hypervisor.name, text);
  const link = statePaths.autoLink(paths, name);
  const { holder, pids, orphans } = readLockHolders(statePaths.lock(paths, name));
  return {
    name,
    wanted: guest === undefined ? undefined : { guest: guest.guest, boot: guest.boot, start: guest.start },
    running,
    generation: header?.operation,
    mode: running === undefined ? undefined : findMode(operations, paths, running),
    drift: findDrift({
      wanted: guest === undefined ? undefined : shapeSpec(guest, site?.networks ?? new Map()),
      configured: typeof configured === 'string' ? undefined : configured,
      running: running?.shape,
    }),
    notes: [
      ...(typeof configured === 'string' ? [configured] : []),
      ...listNotes({
        guest,
        text,
        header,
        running,
        linked: link === undefined ? undefined : pathExists(link),
      }),
    ],
    forwarded: guest === undefined ? [] : listForwarded(guest, site, host.forwards),
    unfinished: unfinished === undefined ? undefined : describeUnfinished(name, unfinished),
    last: last === undefined ? undefined : describeLast(last),
    heldBy: pids.length === 0 ? undefined : `${holder?.command ?? 'a process'} (pid ${pids.join(', ')})`,
    orphans,
  };
}

/** What the configuration starts, or why that cannot be read. */
function shapeConfig(kind: 'xl' | 'qemu', text: string): DomainShape | string {
  try {
    return kind === 'xl' ? shapeXlConfig(text) : shapeQemuConfig(text);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

function listNotes(found: {
  readonly guest: GuestSpec | undefined;
  readonly text: string | undefined;
  readonly header: ConfigHeader | undefined;
  readonly running: RunningDomain | undefined;
  readonly linked: boolean | undefined;
}): string[] {
  const { guest, text, header, running, linked } = found;
  const notes: string[] = [];
  if (guest === undefined) notes.push('the spec has errors: relight check');
  if (text !== undefined && header === undefined) notes.push('the configuration was not written by relight');
  if (guest === undefined || header === undefined) return notes;
  if (header.specHash !== hashSpec(guest)) notes.push('the spec has changed since the last rebuild');
  if (guest.start === 'auto' && running === undefined) notes.push('it should run, but does not');
  if (guest.start === 'auto' && linked === false) notes.push('it should start at boot, but is not linked');
  if (guest.start === 'manual' && linked === true) notes.push('it starts at boot, but should not');
  return notes;
}

function describeUnfinished(name: string, { operation, state }: OperationRecord) {
  const forward = state.undoing ? '' : `relight resume ${name}   or   `;
  return { operation, action: state.lastAction, advice: `${forward}relight rollback ${name}` };
}

function describeLast({ operation, state }: OperationRecord) {
  return {
    operation,
    route: state.route,
    outcome: describeOutcome(state),
    endedAt: state.endedAt,
    seconds: countSeconds(state),
    phases: Object.fromEntries(
      [...state.phaseDurations].map(([phase, spent]) => [phase, Math.round(spent / 100) / 10]),
    ),
  };
}

function describeOutcome(state: RunState): string {
  return state.rolledBack ? 'failed and taken back' : 'finished';
}

function countSeconds(state: RunState): number {
  return Math.max(0, (Date.parse(state.endedAt) - Date.parse(state.startedAt)) / 1000);
}
