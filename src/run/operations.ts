import { createHash } from 'node:crypto';
import type { HostPaths } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import type { DecodedJournal } from '../journal/codec.ts';
import { foldJournal, type RunState } from '../journal/fold.ts';
import type { Plan } from '../plan/types.ts';
import { EXIT, Failure } from '../report/failure.ts';
import type { SecretReference } from '../spec/types.ts';
import { listDirectory } from './directory.ts';
import { makeDirectory, pathExists, readTextFile, writeFileAtomically } from './files.ts';
import { readJournal } from './journal-file.ts';

/** One rebuild or way back of a guest, as its directory tells. */
export interface OperationRecord {
  readonly operation: string;
  readonly directory: string;
  readonly state: RunState;
  readonly torn: boolean;
}

/** Files of an operation's directory. */
export function locateOperation(directory: string) {
  return {
    plan: `${directory}/plan.json`,
    secrets: `${directory}/secrets.json`,
    journal: `${directory}/journal.jsonl`,
    progress: `${directory}/progress.json`,
    result: `${directory}/result.json`,
  };
}

/** SHA-256 of a plan as it is stored. */
export function hashPlan(plan: Plan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

/** Writes down what an operation is going to do, before it does anything. Readable by root only. */
export function storePlan(
  directory: string,
  plan: Plan,
  secrets: ReadonlyMap<string, SecretReference>,
): void {
  makeDirectory(directory, 0o700);
  const places = locateOperation(directory);
  writeFileAtomically(places.secrets, `${JSON.stringify([...secrets])}\n`, 0o600);
  writeFileAtomically(places.plan, `${JSON.stringify(plan)}\n`, 0o600);
}

/** @throws Failure when the stored plan is of a version that this relight does not know */
export function loadPlan(directory: string): { plan: Plan; secrets: Map<string, SecretReference> } {
  const places = locateOperation(directory);
  const plan = parsePlan(readTextFile(places.plan), places.plan);
  const secrets = new Map(JSON.parse(readTextFile(places.secrets)) as [string, SecretReference][]);
  return { plan, secrets };
}

/** Reads a plan. @throws Failure RL0741 when it is no plan, or of another version: never guessed */
export function parsePlan(text: string, path: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure(
      EXIT.invalid,
      'RL0741',
      `${path} is not JSON`,
      'make it with: relight plan NAME -o FILE',
    );
  }
  const plan = value as Plan;
  if (plan?.version !== 1 || !Array.isArray(plan.actions) || typeof plan.operation !== 'string') {
    const found = typeof plan?.version === 'number' ? `plan version ${plan.version}` : 'no plan';
    const hint = 'use the relight that wrote it, or make a new plan';
    throw new Failure(EXIT.invalid, 'RL0741', `${path} holds ${found}; this relight reads version 1`, hint);
  }
  return plan;
}

/** All operations of a guest that have a journal, the oldest first. */
export function listOperations(paths: HostPaths, guest: string): OperationRecord[] {
  const base = `${statePaths.guest(paths, guest)}/operations`;
  const records: OperationRecord[] = [];
  for (const operation of listDirectory(base)) {
    const directory = `${base}/${operation}`;
    const journal = locateOperation(directory).journal;
    if (!pathExists(journal)) continue;
    const decoded: DecodedJournal = readJournal(journal);
    const state = foldJournal(decoded.records);
    if (state !== undefined) records.push({ operation, directory, state, torn: decoded.tornLength > 0 });
  }
  return records.sort((a, b) => (a.state.startedAt < b.state.startedAt ? -1 : 1));
}

/** The operation that neither finished nor was rolled back, if there is one. */
export function findUnfinished(paths: HostPaths, guest: string): OperationRecord | undefined {
  return listOperations(paths, guest).findLast(({ state }) => !state.finished && !state.rolledBack);
}
