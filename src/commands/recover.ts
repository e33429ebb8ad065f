import { DOM0, statePaths } from '../host/paths.ts';
import { decideNext, type Wish } from '../journal/decide.ts';
import type { RunState } from '../journal/fold.ts';
import { buildPrunePlan, choosePrunable, findOldGenerations } from '../plan/prune.ts';
import { INSTALL_ACTION } from '../plan/rebuild/install.ts';
import { buildReturnPlan } from '../plan/return.ts';
import type { DomainDefinition, Plan } from '../plan/types.ts';
import { parseConfigHeader } from '../render/config-header.ts';
import { parseQemuConfig } from '../render/qemu-config.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { readBootId } from '../run/boot-id.ts';
import { pathExists, readTextFile } from '../run/files.ts';
import { findUnfinished, listOperations, loadPlan } from '../run/operations.ts';
import { continueOperation, startOperation } from '../run/run-operation.ts';
import { confirm } from '../run/terminal.ts';
import { formatSize } from '../spec/size.ts';
import type { CommandContext } from './context.ts';
import { runDom0Recovery } from './dom0-setup.ts';
import { drawOperation, type GuestHost, withGuest } from './guest-host.ts';
import { explainFailure, makeOperationRequest } from './operate.ts';
import { describeResult } from './rebuild-report.ts';
import { requireArchive } from './require-archive.ts';

interface Options {
  readonly site?: string;
  readonly yes?: boolean;
  readonly all?: boolean;
}

/** `relight resume NAME`: goes on where a run was cut off. */
export async function runResume(
  context: CommandContext,
  name: string,
  options: Options,
): Promise<ExitStatus> {
  if (name === DOM0) return runDom0Recovery(context, 'resume', options);
  return withGuest(context, name, { ...options, command: 'resume' }, async (host) => {
    const done = await continueUnfinished(context, host, 'resume');
    if (!done) context.print(`${name}: nothing is unfinished; nothing was changed.\n`);
    return EXIT.done;
  });
}

/** `relight rollback NAME`: takes an unfinished run back, or returns to the generation before. */
export async function runRollback(
  context: CommandContext,
  name: string,
  options: Options,
): Promise<ExitStatus> {
  if (name === DOM0) return runDom0Recovery(context, 'rollback', options);
  return withGuest(context, name, { ...options, command: 'rollback' }, async (host) => {
    if (await continueUnfinished(context, host, 'rollback')) return EXIT.done;
    const plan = planReturn(host);
    if (plan === undefined) {
      context.print(`${name}: there is no earlier generation to return to; nothing was changed.\n`);
      return EXIT.done;
    }
    await requireYes(options, `Return ${name} to generation ${findReplaced(host)}?`);
    await execute(context, host, plan);
    context.print(
      `${name} is back on generation ${findReplaced(host)}; the newer root is kept until prune.\n`,
    );
    return EXIT.done;
  });
}

/** `relight prune NAME`: lets old generations go. */
export async function runPrune(context: CommandContext, name: string, options: Options): Promise<ExitStatus> {
  return withGuest(context, name, { ...options, command: 'prune' }, async (host) => {
    const { facts, paths, guest, hostHash } = host;
    const replaced = listReplacements(host);
    const unfinished = findUnfinished(paths, guest.name)?.operation;
    const old = findOldGenerations(facts, replaced, unfinished);
    const generations = choosePrunable(old, Date.now(), options.all === true);
    for (const kept of old.filter((each) => !generations.includes(each))) {
      context.print(
        `${name}: generation ${kept.operation} is kept (${formatSize(kept.bytes)}); --all removes it too\n`,
      );
    }
    if (generations.length === 0) {
      context.print(`${name}: nothing to prune.\n`);
      return EXIT.done;
    }
    for (const each of generations) {
      context.print(
        `${name}: generation ${each.operation} goes: ${each.volumes.join(', ')} (${formatSize(each.bytes)})\n`,
      );
    }
    await requireYes(
      options,
      `Remove ${generations.length} old generation(s) of ${name}? There is no way back.`,
    );
    const operation = drawOperation(facts, guest.name);
    const relightVersion = RELIGHT_VERSION;
    await execute(
      context,
      host,
      buildPrunePlan({ guest: name, facts, operation, hostHash, relightVersion, generations }),
    );
    return EXIT.done;
  });
}

async function continueUnfinished(context: CommandContext, host: GuestHost, wish: Wish): Promise<boolean> {
  const record = findUnfinished(host.paths, host.guest.name);
  if (record === undefined) return false;
  const { plan } = loadPlan(record.directory);
  if (wish === 'resume' && mustInstall(record.state, plan))
    await requireArchive(host.session.runner, plan, true);
  context.say(`${host.guest.name}: ${wish} of operation ${record.operation}\n`);
  const { request, view } = makeOperationRequest(context, host, plan);
  try {
    const { outcome, findings } = await continueOperation(record, wish, request);
    view.close();
    if (outcome === 'finished' && plan.route !== 'prune' && plan.route !== 'rollback') {
      context.print(await describeResult(host, plan, findings, view.times, host.session.steadyHypervisor));
    } else if (outcome === 'finished') context.print(`${host.guest.name}: ${plan.route} is finished.\n`);
    else
      context.print(
        `${host.guest.name}: operation ${record.operation} was taken back; what was there before is in place.\n`,
      );
    return true;
  } catch (error) {
    throw explainFailure(error, host, plan);
  }
}

/** Whether a resume comes to fetch packages: without the archive it would fail, and take back what there is. */
function mustInstall(state: RunState, plan: Plan): boolean {
  const decision = decideNext(state, plan, 'resume', state.committed, readBootId());
  if (decision.do !== 'continue' || decision.finishing) return false;
  const places = new Map(plan.actions.map(({ id }, index) => [id, index]));
  return (places.get(decision.from) ?? 0) <= (places.get(INSTALL_ACTION) ?? -1);
}

async function execute(context: CommandContext, host: GuestHost, plan: Plan): Promise<void> {
  const { request, view } = makeOperationRequest(context, host, plan);
  try {
    await startOperation(plan, new Map(), request);
  } catch (error) {
    throw explainFailure(error, host);
  } finally {
    view.close();
  }
}

/** The generation that the live one has replaced. */
function findReplaced(host: GuestHost): string | undefined {
  const live = host.facts.live?.operation;
  const record = listOperations(host.paths, host.guest.name).find((each) => each.operation === live);
  return record?.state.replaces ?? undefined;
}

function planReturn(host: GuestHost): Plan | undefined {
  const { facts, guest, paths, hostHash } = host;
  const target = findReplaced(host);
  if (target === undefined || facts.live === undefined) return undefined;
  const config = statePaths.oldConfig(paths, guest.name, target);
  if (!pathExists(config)) return undefined;
  const text = readTextFile(config);
  const header = parseConfigHeader(text);
  const missing = (header?.volumes ?? []).filter(
    (name) => !facts.volumes.some((volume) => volume.name === name),
  );
  if (missing.length > 0) {
    throw new Failure(EXIT.failed, 'RL0769', `generation ${target} lacks its volumes: ${missing.join(', ')}`);
  }
  return buildReturnPlan({
    ...{ facts, hostHash, relightVersion: RELIGHT_VERSION, guest: guest.name },
    operation: drawOperation(facts, guest.name),
    target: { operation: target, config, domain: readDomain(host, text) },
    current: readDomain(host, facts.live.configText),
    nonce: header?.nonce,
    mounts: ['/'],
    checks: guest.checks,
    start: guest.start,
    timeouts: guest.timeouts,
  });
}

/** QEMU needs the whole definition, which its configuration is; xl reads its own file. */
function readDomain({ facts, guest }: GuestHost, text: string): DomainDefinition {
  if (facts.hypervisor === 'qemu') return parseQemuConfig(text).domain;
  const { name, uuid, boot, memoryBytes, vcpus, nics } = guest;
  return {
    name,
    uuid,
    guest: guest.guest,
    boot,
    memoryBytes,
    vcpus,
    nics,
    disks: [],
    kernel: undefined,
    ports: [],
  };
}

/** When each generation was replaced: the time at which the operation that replaced it ended. */
function listReplacements(host: GuestHost): Map<string, number> {
  const times = new Map<string, number>();
  for (const { operation, state } of listOperations(host.paths, host.guest.name)) {
    if (state.finished && state.replaces !== null) times.set(state.replaces, Date.parse(state.endedAt));
    if (state.finished && state.route === 'rollback') times.delete(operation);
  }
  return times;
}

async function requireYes(options: Options, question: string): Promise<void> {
  if (options.yes === true) return;
  const answer = await confirm(question);
  if (answer === 'yes') return;
  const message = answer === 'no' ? 'not confirmed; nothing was changed' : 'this needs a yes';
  throw new Failure(EXIT.usage, 'RL0768', message, 'give --yes');
}
