import { formatPlan } from '../plan/format.ts';
import type { Plan } from '../plan/types.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { readTextFile, writeFileAtomically } from '../run/files.ts';
import { parsePlan } from '../run/operations.ts';
import { startOperation } from '../run/run-operation.ts';
import { confirm } from '../run/terminal.ts';
import type { CommandContext } from './context.ts';
import { type GuestHost, withGuest } from './guest-host.ts';
import { hashSpec, listSecrets, makePlan, type RebuildOptions, refuseRunning } from './make-plan.ts';
import { explainFailure, makeOperationRequest } from './operate.ts';
import { describeResult } from './rebuild-report.ts';
import { requireArchive } from './require-archive.ts';

/** `relight plan NAME`: what a rebuild would do. Nothing is changed. */
export async function runPlan(
  context: CommandContext,
  name: string,
  options: RebuildOptions & { readonly json?: boolean; readonly output?: string },
): Promise<ExitStatus> {
  return withGuest(context, name, { ...options, command: 'plan' }, async (host) => {
    const plan = await makePlan(context, host, options);
    if (options.output !== undefined) {
      writeFileAtomically(options.output, `${JSON.stringify(plan)}\n`, 0o600);
      context.say(`wrote ${options.output}; run it by: relight rebuild ${name} --plan ${options.output}\n`);
    }
    if (options.json === true) context.print(`${JSON.stringify(plan, undefined, 2)}\n`);
    else if (options.output === undefined) context.print(formatPlan(plan, context.verbose));
    if (options.json !== true && host.facts.running && options.stop !== true)
      context.say(`${name} is running: it is shut down only by relight rebuild ${name} --stop\n`);
    return EXIT.done;
  });
}

/** `relight rebuild NAME`: plan, ask, do, report. */
export async function runRebuild(
  context: CommandContext,
  name: string,
  options: RebuildOptions,
): Promise<ExitStatus> {
  return withGuest(context, name, { ...options, command: 'rebuild' }, async (host) => {
    const plan = await choosePlan(context, host, options);
    if (options.dryRun === true) {
      context.print(formatPlan(plan, true));
      context.print('Dry run: nothing was changed.\n');
      return EXIT.done;
    }
    refuseRunning(host, options);
    await requireArchive(host.session.runner, plan);
    await askFirst(context, host, plan, options);
    announce(context, host, plan);
    const { request, view } = makeOperationRequest(context, host, plan);
    try {
      const findings = await startOperation(plan, listSecrets(host.guest), request);
      view.close();
      context.print(await describeResult(host, plan, findings, view.times, host.session.steadyHypervisor));
      return EXIT.done;
    } catch (error) {
      throw explainFailure(error, host, plan);
    }
  });
}

/** The plan of a file, if the world is still the one that it was made for; else a new one. */
async function choosePlan(context: CommandContext, host: GuestHost, options: RebuildOptions): Promise<Plan> {
  if (options.plan === undefined) return makePlan(context, host, options);
  const plan = parsePlan(readTextFile(options.plan), options.plan);
  const name = host.guest.name;
  const stale = (what: string) => {
    const hint = `make a new one: relight plan ${name} -o ${options.plan}`;
    return new Failure(EXIT.invalid, 'RL0767', `the plan is stale: ${what}`, hint);
  };
  if (plan.guest !== name) throw stale(`it is for ${plan.guest}`);
  if (plan.relight !== RELIGHT_VERSION)
    throw stale(`relight ${plan.relight} made it, this is ${RELIGHT_VERSION}`);
  if (plan.specHash !== hashSpec(host.guest)) throw stale('the spec has changed since');
  if (plan.hostHash !== host.hostHash)
    throw stale('this machine has changed since: volumes, configuration or guest');
  // All checks of a fresh plan, its result thrown away: the file's plan is the one that was read and agreed to.
  await makePlan(context, host, options);
  return plan;
}

/** On a terminal a person says yes; elsewhere `--yes` does. Nothing is asked when there is nothing to replace. */
async function askFirst(
  _context: CommandContext,
  host: GuestHost,
  plan: Plan,
  options: RebuildOptions,
): Promise<void> {
  if (options.yes === true || host.facts.live === undefined) return;
  const name = host.guest.name;
  const question = `Rebuild ${name}? Generation ${plan.replaces} is kept${host.facts.running ? ', the running guest is stopped once the new one has proved to boot' : ''}.`;
  const answer = await confirm(question);
  if (answer === 'yes') return;
  const message =
    answer === 'no' ? 'not confirmed; nothing was changed' : `${name} exists already; confirm by --yes`;
  throw new Failure(EXIT.usage, 'RL0768', message, `relight rebuild ${name} --yes`);
}

function announce(context: CommandContext, { guest, facts, session }: GuestHost, plan: Plan): void {
  const first = plan.replaces === undefined;
  const kind = first ? 'first build' : `rebuild; generation ${plan.replaces} is kept as it is`;
  context.say(`${guest.name}: ${kind} (operation ${plan.operation}, ${plan.route} on ${facts.hypervisor})\n`);
  context.say(`log: ${session.log.path}\n`);
}
