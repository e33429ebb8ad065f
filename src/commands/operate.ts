import { statePaths } from '../host/paths.ts';
import type { Plan } from '../plan/types.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { writeFileQuickly } from '../run/directory.ts';
import { pathExists } from '../run/files.ts';
import { locateOperation } from '../run/operations.ts';
import type { OperationRequest } from '../run/run-operation.ts';
import type { CommandContext } from './context.ts';
import type { GuestHost } from './guest-host.ts';
import { createProgressView, type ProgressView } from './progress-view.ts';

/** What an operation runs with, seen through the command's progress view. */
export function makeOperationRequest(
  context: CommandContext,
  host: Pick<GuestHost, 'paths' | 'session'> & { readonly guest: Pick<GuestHost['guest'], 'name'> },
  plan: Pick<Plan, 'operation' | 'actions'>,
): { request: OperationRequest; view: ProgressView } {
  const { paths, session, guest } = host;
  return makeOperationView(context, { paths, session }, { ...plan, guest: guest.name });
}

/** As `makeOperationRequest`, for whatever a plan is about. */
export function makeOperationView(
  context: CommandContext,
  { paths, session }: Pick<GuestHost, 'paths' | 'session'>,
  plan: Pick<Plan, 'guest' | 'operation' | 'actions'>,
): { request: OperationRequest; view: ProgressView } {
  const directory = statePaths.operation(paths, plan.guest, plan.operation);
  const view = createProgressView(context, plan.actions, (progress) => {
    writeFileQuickly(locateOperation(directory).progress, `${JSON.stringify(progress)}\n`);
  });
  return { request: { session, paths, listener: view, signal: context.signal }, view };
}

/** Says in the error what the state of things is, and where the run's log lies. */
export function explainFailure(
  error: unknown,
  host: Pick<GuestHost, 'session'>,
  plan?: Pick<Plan, 'actions'>,
): unknown {
  if (!(error instanceof Failure) || error.status !== EXIT.failed) return error;
  const stays = plan === undefined ? [] : listNewKept(plan);
  const hint = [
    ...(error.hint === undefined ? [] : [error.hint]),
    ...(stays.length === 0
      ? []
      : [`kept disks are never removed: ${stays.join(', ')} stays for the next build`]),
    `what was there before is intact; the log is ${host.session.log.path}`,
  ].join('\n  hint: ');
  return new Failure(error.status, error.code, error.message, hint);
}

/** The kept volumes that a plan has made: they outlive its being taken back. */
function listNewKept({ actions }: Pick<Plan, 'actions'>): string[] {
  return actions
    .filter(({ steps }) => steps.some((step) => step.do === 'create-volume' && step.tags.state === 'kept'))
    .flatMap(({ creates }) => creates.map(({ name }) => name))
    .filter(pathExists);
}
