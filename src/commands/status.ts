import { statePaths } from '../host/paths.ts';
import type { RunState } from '../journal/fold.ts';
import { type ConfigHeader, parseConfigHeader } from '../render/config-header.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { pathExists, readTextFile } from '../run/files.ts';
import type { Hypervisor, RunningDomain } from '../run/hypervisor.ts';
import { readLockHolders } from '../run/lock.ts';
import { listOperations, type OperationRecord } from '../run/operations.ts';
import { chooseHypervisor, choosePaths } from '../run/probe-host.ts';
import { createRunner } from '../run/runner-spawn.ts';
import { openHypervisor } from '../run/session.ts';
import { readLastReady } from '../run/steps/last-ready.ts';
import { normaliseHost } from '../spec/normalise/site.ts';
import type { GuestSpec } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import { loadSite, makeUnknownGuest } from './load-site.ts';
import { hashSpec } from './make-plan.ts';

/** A guest as it is wanted and as it is; version 1 of `status --json`. */
export interface GuestStatus {
  readonly name: string;
  readonly wanted: { readonly guest: string; readonly boot: string; readonly start: string } | undefined;
  readonly running: RunningDomain | undefined;
  readonly generation: string | undefined;
  /** How the guest runs by its own word in its last ready line. */
  readonly mode: { readonly mode: string; readonly source: string } | undefined;
  readonly drift: readonly string[];
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
      }
    | undefined;
  readonly heldBy: string | undefined;
}

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
  const names = name === undefined ? [...loaded.parsed.guestFiles.keys()].sort() : [name];
  const statuses: GuestStatus[] = [];
  for (const each of names) {
    statuses.push(await readStatus(each, site?.guests.get(each), { paths, hypervisor }));
  }
  if (options.json === true) {
    context.print(`${JSON.stringify({ version: 1, hypervisor: kind, guests: statuses }, undefined, 2)}\n`);
  } else for (const status of statuses) context.print(formatStatus(status));
  return EXIT.done;
}

async function readStatus(
  name: string,
  guest: GuestSpec | undefined,
  host: { readonly paths: ReturnType<typeof choosePaths>; readonly hypervisor: Hypervisor },
): Promise<GuestStatus> {
  const { paths, hypervisor } = host;
  const config = statePaths.config(paths, name);
  const text = pathExists(config) ? readTextFile(config) : undefined;
  const header = text === undefined ? undefined : parseConfigHeader(text);
  const operations = listOperations(paths, name);
  const running = await hypervisor.find(name);
  const unfinished = operations.findLast(({ state }) => !state.finished && !state.rolledBack);
  const last = operations.findLast(({ state }) => state.finished || state.rolledBack);
  const { holder, pids } = readLockHolders(statePaths.lock(paths, name));
  return {
    name,
    wanted: guest === undefined ? undefined : { guest: guest.guest, boot: guest.boot, start: guest.start },
    running,
    generation: header?.operation,
    mode: running === undefined ? undefined : findMode(operations, paths, name),
    drift: listDrift(guest, text, header, running),
    unfinished: unfinished === undefined ? undefined : describeUnfinished(name, unfinished),
    last: last === undefined ? undefined : describeLast(last),
    heldBy: pids.length === 0 ? undefined : `${holder?.command ?? 'a process'} (pid ${pids.join(', ')})`,
  };
}

/** PV, PVH, or HVM with or without Xen's drivers (PVHVM), as the guest's kernel says (Documentation/ABI/stable/sysfs-hypervisor-xen). */
function findMode(
  operations: readonly OperationRecord[],
  paths: ReturnType<typeof choosePaths>,
  name: string,
) {
  for (const { operation } of [...operations].reverse()) {
    const facts = readLastReady(`${statePaths.operation(paths, name, operation)}/console.log`);
    if (facts === undefined) continue;
    const source = `the ready line of operation ${operation}`;
    if (facts.guestType === 'HVM') {
      const hasDrivers = facts.modules.some((module) => /^xen[-_](blk|net)front/.test(module));
      return { mode: hasDrivers ? 'PVHVM' : 'HVM', source };
    }
    return { mode: facts.guestType === '' ? `not Xen: ${facts.virtualization}` : facts.guestType, source };
  }
  return undefined;
}

function listDrift(
  guest: GuestSpec | undefined,
  text: string | undefined,
  header: ConfigHeader | undefined,
  running: RunningDomain | undefined,
): string[] {
  const drift: string[] = [];
  if (guest === undefined) drift.push('the spec has errors: relight check');
  if (text !== undefined && header === undefined) drift.push('the configuration was not written by relight');
  if (guest !== undefined && header !== undefined && header.specHash !== hashSpec(guest)) {
    drift.push('the spec has changed since the last rebuild');
  }
  if (guest !== undefined && running !== undefined) {
    if (running.memoryBytes !== guest.memoryBytes)
      drift.push('the running guest has another memory size than the spec');
    if (running.vcpus !== guest.vcpus)
      drift.push('the running guest has another number of vcpus than the spec');
  }
  if (guest?.start === 'auto' && header !== undefined && running === undefined)
    drift.push('it should run, but does not');
  return drift;
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
  };
}

function describeOutcome(state: RunState): string {
  return state.rolledBack ? 'failed and taken back' : 'finished';
}

function countSeconds(state: RunState): number {
  return Math.max(0, (Date.parse(state.endedAt) - Date.parse(state.startedAt)) / 1000);
}

function formatStatus(status: GuestStatus): string {
  const { running, unfinished, last, mode } = status;
  const lines = [`${status.name}: ${running === undefined ? 'not running' : 'running'}`];
  if (status.wanted !== undefined) {
    const { guest, boot, start } = status.wanted;
    lines.push(`  wanted      ${guest} by ${boot}, start ${start}`);
  }
  lines.push(`  generation  ${status.generation ?? 'none: never built'}`);
  if (mode !== undefined) lines.push(`  mode        ${mode.mode} (by ${mode.source})`);
  for (const forward of running?.forwards ?? []) {
    lines.push(`  port        ${forward.guestPort} of the guest is ${forward.host}:${forward.port}`);
  }
  for (const [key, value] of Object.entries(running?.details ?? {}))
    lines.push(`  ${key.padEnd(11)} ${value}`);
  for (const each of status.drift) lines.push(`  drift       ${each}`);
  if (last !== undefined) {
    lines.push(
      `  last run    ${last.operation} (${last.route}) ${last.outcome} at ${last.endedAt}, ${last.seconds.toFixed(0)} s`,
    );
  }
  if (status.heldBy !== undefined) lines.push(`  at work     ${status.heldBy}: relight watch ${status.name}`);
  else if (unfinished !== undefined) {
    lines.push(
      `  UNFINISHED  operation ${unfinished.operation} stopped at: ${unfinished.action ?? 'its very start'}`,
    );
    lines.push(`              next: ${unfinished.advice}`);
  }
  return `${lines.join('\n')}\n`;
}
