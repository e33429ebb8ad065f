import type { HostPaths } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import { decideNext, type Wish } from '../journal/decide.ts';
import { foldJournal } from '../journal/fold.ts';
import type { Plan } from '../plan/types.ts';
import { EXIT, Failure } from '../report/failure.ts';
import type { SecretReference } from '../spec/types.ts';
import { readBootId } from './boot-id.ts';
import {
  type ActionListener,
  type Execution,
  executeForward,
  executeUndo,
  findTrueStart,
  holdsProbe,
} from './executor.ts';
import { createJournal, type JournalFile, openJournal } from './journal-file.ts';
import { hashPlan, loadPlan, locateOperation, type OperationRecord, storePlan } from './operations.ts';
import type { Session } from './session.ts';
import type { RunFindings, StepContext, StepListener } from './steps/context.ts';

/** Who is told of progress. */
export interface OperationListener extends ActionListener, StepListener {
  /** Something failed before the commit was final; what has been begun is taken back now. */
  readonly takingBack: (reason: string) => void;
}

export interface OperationRequest {
  readonly session: Session;
  readonly paths: HostPaths;
  readonly listener: OperationListener;
  readonly signal: AbortSignal;
}

export type Outcome = 'finished' | 'rolled-back' | 'nothing';

/** Begins an operation: plan and secrets' names on disk, journal, then every action. Takes itself back on failure. */
export async function startOperation(
  plan: Plan,
  secrets: ReadonlyMap<string, SecretReference>,
  request: OperationRequest,
): Promise<RunFindings> {
  const directory = statePaths.operation(request.paths, plan.guest, plan.operation);
  request.session.addSecrets(secrets);
  storePlan(directory, plan, secrets);
  const journal = createJournal(locateOperation(directory).journal, now);
  const execution = makeExecution(plan, journal, request);
  try {
    const { guest, operation, route, relight } = plan;
    const replaces = plan.replaces ?? null;
    journal.append({
      type: 'operation-started',
      guest,
      operation,
      route,
      relight,
      replaces,
      planHash: hashPlan(plan),
    });
    const first = plan.actions[0];
    if (first !== undefined) await goForward(execution, request, first.id, false);
    return execution.context.findings;
  } finally {
    journal.close();
  }
}

/** Goes on with an operation that was cut off, or takes it back. Calling it again changes nothing. */
export async function continueOperation(
  record: OperationRecord,
  wish: Wish,
  request: OperationRequest,
): Promise<{ outcome: Outcome; findings: RunFindings }> {
  const { plan, secrets } = loadPlan(record.directory);
  if (wish === 'resume') request.session.addSecrets(secrets);
  const journal = openJournal(locateOperation(record.directory).journal, now);
  const execution = makeExecution(plan, journal, request);
  const { findings } = execution.context;
  try {
    const state = foldJournal(journal.records);
    const commit = plan.actions.find((action) => action.id === plan.commitAction);
    const committed = commit !== undefined && (await holdsProbe(commit.probe, execution.context));
    const decision = decideNext(state, plan, wish, committed, readBootId());
    if (decision.do === 'nothing') return { outcome: 'nothing', findings };
    if (decision.do === 'close') {
      journal.append({ type: decision.outcome });
      return { outcome: decision.outcome, findings };
    }
    if (decision.do === 'undo') {
      await executeUndo(makeExecution(plan, journal, request, true), decision);
      return { outcome: 'rolled-back', findings };
    }
    if (decision.finishing && state?.committed === false) journal.append({ type: 'committed' });
    const from = await findTrueStart(execution, decision.from, decision.finishing);
    // An action that goes back to an earlier one must not find that one done.
    const rewound = from === decision.from && (decision.lost === true || state?.actions.get(from) === 'done');
    await goForward(execution, request, from, !rewound);
    return { outcome: 'finished', findings };
  } finally {
    journal.close();
  }
}

/** Forward; a failure takes everything back at once, an interruption leaves it for `resume`. */
async function goForward(
  execution: Execution,
  request: OperationRequest,
  from: string,
  resumed: boolean,
): Promise<void> {
  const { plan, journal } = execution;
  try {
    await executeForward(execution, from, resumed);
  } catch (error) {
    if (request.signal.aborted) {
      const hint = `go on with: relight resume ${plan.guest}   or take it back with: relight rollback ${plan.guest}`;
      throw new Failure(EXIT.interrupted, 'RL0604', `interrupted; ${plan.guest} as it was is intact`, hint);
    }
    const reason = error instanceof Error ? error.message : String(error);
    request.listener.takingBack(reason);
    const decision = decideNext(foldJournal(journal.records), plan, 'rollback', false);
    if (decision.do === 'undo') await executeUndo(makeExecution(plan, journal, request, true), decision);
    if (!(error instanceof Failure)) throw new Failure(EXIT.failed, 'RL0742', reason);
    // Begun and taken back is a failure, whatever the machine lacked.
    const status = error.status === EXIT.notReady ? EXIT.failed : error.status;
    throw new Failure(status, error.code, error.message, error.hint);
  }
}

function makeExecution(
  plan: Plan,
  journal: JournalFile,
  request: OperationRequest,
  steady = false,
): Execution {
  const { session, listener, paths } = request;
  const context: StepContext = {
    runner: steady ? session.steadyRunner : session.runner,
    hypervisor: steady ? session.steadyHypervisor : session.hypervisor,
    openStore: session.openStore,
    secrets: session.secrets,
    paths,
    listener,
    signal: steady ? new AbortController().signal : request.signal,
    logPath: session.log.path,
    findings: { endState: [], ready: [], checks: [] },
  };
  return { plan, journal, context, listener };
}

function now(): string {
  return new Date().toISOString();
}
