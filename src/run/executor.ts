import type { Decision } from '../journal/decide.ts';
import type { Action, Plan, Probe } from '../plan/types.ts';
import { parseConfigHeader } from '../render/config-header.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { readBootId } from './boot-id.ts';
import { pathExists, readTextFile } from './files.ts';
import type { JournalFile } from './journal-file.ts';
import type { StepContext } from './steps/context.ts';
import { performStep } from './steps/perform.ts';

/** Told of every action as it begins and ends. */
export interface ActionListener {
  readonly begun: (action: Action, undoing: boolean) => void;
  readonly ended: (action: Action, outcome: 'done' | 'found' | 'failed' | 'undone') => void;
}

export interface Execution {
  readonly plan: Plan;
  readonly journal: JournalFile;
  readonly context: StepContext;
  readonly listener: ActionListener;
}

/**
 * Does the actions of a plan from `from` on: intent into the journal, steps, result into the journal.
 * @throws Failure of the step that failed; the journal has it too
 */
export async function executeForward(execution: Execution, from: string, resumed: boolean): Promise<void> {
  const { plan, journal, context, listener } = execution;
  const first = plan.actions.findIndex((action) => action.id === from);
  for (const action of plan.actions.slice(first)) {
    refuseWhenInterrupted(context);
    listener.begun(action, false);
    journal.append({ type: 'action-intent', action: action.id, phase: action.phase, boot: readBootId() });
    const found = resumed && action.id === from && (await holdsProbe(action.probe, context));
    try {
      if (!found) for (const step of action.steps) await performUnlessInterrupted(step, context);
    } catch (error) {
      listener.ended(action, 'failed');
      journal.append({ type: 'action-failed', action: action.id, message: describe(error) });
      throw error;
    }
    journal.append({ type: 'action-done', action: action.id });
    if (action.id === plan.commitAction) journal.append({ type: 'committed' });
    listener.ended(action, found ? 'found' : 'done');
  }
  journal.append({ type: 'finished' });
}

/**
 * Takes actions back, in the order given. An undo that fails does not keep the others from being tried.
 * @throws Failure EXIT.needsPerson when any failed
 */
export async function executeUndo(
  execution: Execution,
  decision: Extract<Decision, { do: 'undo' }>,
): Promise<void> {
  const { plan, journal, context, listener } = execution;
  const failures: string[] = [];
  for (const id of decision.actions) {
    const action = plan.actions.find((candidate) => candidate.id === id);
    if (action === undefined) continue;
    listener.begun(action, true);
    journal.append({ type: 'undo-intent', action: id });
    try {
      for (const step of action.undo) await performStep(step, context);
      journal.append({ type: 'undo-done', action: id });
      listener.ended(action, 'undone');
    } catch (error) {
      journal.append({ type: 'undo-failed', action: id, message: describe(error) });
      failures.push(`${action.title}: ${describe(error)}`);
      listener.ended(action, 'failed');
    }
  }
  if (failures.length === 0) {
    journal.append({ type: 'rolled-back' });
    return;
  }
  const message = `not everything could be taken back:\n  ${failures.join('\n  ')}`;
  journal.append({ type: 'needs-person', message });
  const hint = `the journal is ${journal.path}; mend the cause, then: relight rollback ${plan.guest}`;
  throw new Failure(EXIT.needsPerson, 'RL0740', message, hint);
}

/** Whether reality says that an action is done. Only probes that look at more than the journal can say so. */
export async function holdsProbe(probe: Probe, context: StepContext): Promise<boolean> {
  switch (probe.kind) {
    case 'journal':
      return false;
    case 'path':
      return pathExists(probe.path);
    case 'volume': {
      const volume = await context.openStore(probe.storage).find(probe.volume);
      return volume?.tags?.operation === probe.operation;
    }
    case 'config':
      return (
        pathExists(probe.path) && parseConfigHeader(readTextFile(probe.path))?.operation === probe.operation
      );
    case 'domain':
      return ((await context.hypervisor.find(probe.domain)) !== undefined) === probe.running;
  }
}

/**
 * Where a resume really has to begin: an action before `from` that the journal calls done, but that reality does not
 * bear out, is done again. After the commit nothing before it is looked at.
 */
export async function findTrueStart(execution: Execution, from: string, finishing: boolean): Promise<string> {
  if (finishing) return from;
  for (const action of execution.plan.actions) {
    if (action.id === from) return from;
    if (action.probe.kind !== 'journal' && !(await holdsProbe(action.probe, execution.context)))
      return action.id;
  }
  return from;
}

async function performUnlessInterrupted(step: Action['steps'][number], context: StepContext): Promise<void> {
  refuseWhenInterrupted(context);
  await performStep(step, context);
}

function refuseWhenInterrupted(context: StepContext): void {
  if (context.signal.aborted) throw new Failure(EXIT.interrupted, 'RL0604', 'interrupted');
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
