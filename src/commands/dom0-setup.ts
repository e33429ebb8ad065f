import type { HostPaths } from '../host/facts.ts';
import { DOM0, statePaths } from '../host/paths.ts';
import type { Wish } from '../journal/decide.ts';
import { buildDom0Plan, buildDom0ReturnPlan } from '../plan/dom0/build.ts';
import { CONFIRM_SECONDS } from '../plan/dom0/networks-part.ts';
import type { Dom0Item } from '../plan/dom0/types.ts';
import { formatPlan } from '../plan/format.ts';
import type { Plan } from '../plan/types.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { findUnfinished, listOperations, loadPlan } from '../run/operations.ts';
import { isPending } from '../run/probe-network.ts';
import { continueOperation, startOperation } from '../run/run-operation.ts';
import type { Session } from '../run/session.ts';
import { confirm } from '../run/terminal.ts';
import type { CommandContext } from './context.ts';
import { compareDom0, type Dom0Options, drawDom0Operation, loadDom0Site, withDom0 } from './dom0-host.ts';
import { formatDom0Items, formatDom0Json } from './dom0-show.ts';
import { explainFailure, makeOperationRequest } from './operate.ts';

/** `relight dom0 setup`: makes of this machine what the site says, after showing it. A second run does nothing. */
export async function runDom0Setup(context: CommandContext, options: Dom0Options): Promise<ExitStatus> {
  const site = loadDom0Site(context, options);
  return withDom0(context, 'dom0 setup', async (session, paths) => {
    refuseUnfinished(paths);
    const { request, items } = await compareDom0(site, paths, session.runner, options);
    const plan = buildDom0Plan(request, items);
    if (options.json === true) context.print(formatDom0Json(items));
    else context.print(formatDom0Items(items, true));
    refuseRefused(items);
    if (plan === undefined) {
      context.print(`Nothing to do.${describeReboot(items)}\n`);
      return EXIT.done;
    }
    if (options.dryRun === true) {
      context.print(`\n${formatPlan(plan, true)}Dry run: nothing was changed.\n`);
      return EXIT.done;
    }
    await requireYes(options, `Do these ${plan.actions.length} things to this machine?`);
    await executeDom0(context, session, paths, plan);
    const after = await compareDom0(site, paths, session.runner, options);
    context.print(`\n${formatDom0Items(after.items, false)}`);
    context.print(`Done (operation ${plan.operation}). Take it back by: relight rollback dom0\n`);
    if (isPending(statePaths.networkChange(paths)))
      context.print(
        `The network was changed. Within ${CONFIRM_SECONDS} s keep it by: relight dom0 confirm\n`,
      );
    context.print(describeReboot(after.items) === '' ? '' : `Next:${describeReboot(after.items)}\n`);
    return EXIT.done;
  });
}

/** `relight resume dom0` and `relight rollback dom0`. A finished setup is taken back by its undos, the last first. */
export async function runDom0Recovery(
  context: CommandContext,
  wish: Wish,
  options: Dom0Options,
): Promise<ExitStatus> {
  return withDom0(context, `${wish} dom0`, async (session, paths) => {
    const record = findUnfinished(paths, DOM0);
    if (record !== undefined) {
      const { plan } = loadPlan(record.directory);
      const { request, view } = openOperation(context, session, paths, plan);
      try {
        const { outcome } = await continueOperation(record, wish, request);
        view.close();
        context.print(
          `dom0: operation ${record.operation} ${outcome === 'finished' ? 'is finished' : 'was taken back'}.\n`,
        );
      } catch (error) {
        throw explainFailure(error, { session });
      }
      return EXIT.done;
    }
    const last = wish === 'rollback' ? findLastSetup(paths) : undefined;
    if (last === undefined) {
      context.print(`dom0: nothing to ${wish}; nothing was changed.\n`);
      return EXIT.done;
    }
    const site = loadDom0Site(context, options);
    const operation = drawDom0Operation(paths);
    const plan = buildDom0ReturnPlan({ operation, relightVersion: RELIGHT_VERSION, site }, last);
    context.print(formatPlan(plan, true));
    await requireYes(options, `Take setup ${last.operation} back?`);
    await executeDom0(context, session, paths, plan);
    context.print(`dom0: setup ${last.operation} was taken back.\n`);
    return EXIT.done;
  });
}

/** The last finished setup that has not been taken back since. */
function findLastSetup(paths: HostPaths): Plan | undefined {
  const plans = listOperations(paths, DOM0)
    .filter(({ state }) => state.finished && state.route !== 'dom0-cache-clean')
    .map(({ directory }) => loadPlan(directory).plan);
  const open: Plan[] = [];
  for (const plan of plans) {
    if (plan.route === 'dom0-return') open.pop();
    else open.push(plan);
  }
  return open.at(-1);
}

/** Runs a plan on this machine, with its progress shown. @throws Failure */
export async function executeDom0(
  context: CommandContext,
  session: Session,
  paths: HostPaths,
  plan: Plan,
): Promise<void> {
  context.say(`log: ${session.log.path}\n`);
  const { request, view } = openOperation(context, session, paths, plan);
  try {
    await startOperation(plan, new Map(), request);
  } catch (error) {
    throw explainFailure(error, { session });
  } finally {
    view.close();
  }
}

function openOperation(context: CommandContext, session: Session, paths: HostPaths, plan: Plan) {
  return makeOperationRequest(context, { session, paths, guest: { name: DOM0 } }, plan);
}

function refuseUnfinished(paths: HostPaths): void {
  const unfinished = findUnfinished(paths, DOM0);
  if (unfinished === undefined) return;
  throw makeFailure(EXIT.notReady, 'RL1414', { operation: unfinished.operation });
}

function refuseRefused(items: readonly Dom0Item[]): void {
  const refused = items.filter((item) => item.state === 'refused');
  if (refused.length === 0) return;
  throw makeFailure(EXIT.notReady, 'RL1415', { count: refused.length });
}

function describeReboot(items: readonly Dom0Item[]): string {
  return items.some((item) => item.state === 'reboot')
    ? ' reboot, so that it is in force, then: relight dom0 check'
    : '';
}

async function requireYes(options: Dom0Options, question: string): Promise<void> {
  if (options.yes === true) return;
  const answer = await confirm(question);
  if (answer === 'yes') return;
  const message = answer === 'no' ? 'not confirmed; nothing was changed' : 'this needs a yes';
  throw new Failure(EXIT.usage, 'RL0768', message, 'give --yes');
}
