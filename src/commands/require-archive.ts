import type { Plan } from '../plan/types.ts';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import type { Runner } from '../run/runner.ts';
import { findObstacle } from '../run/vault/reach.ts';

/** Some archives sign their Release in place, some beside it; apt takes both. */
const SIGNED = ['InRelease', 'Release'];

/** Asks the archive that a plan installs from, before anything is changed. @throws Failure RL0777, RL0604 */
export async function requireArchive(
  runner: Runner,
  { guest, archive }: Pick<Plan, 'guest' | 'archive'>,
  resuming = false,
): Promise<void> {
  if (archive === undefined) return;
  let why: string | undefined;
  for (const file of SIGNED) {
    const problem = await findObstacle(runner, `${archive.suite}/${file}`, archive.proxy);
    if (problem === undefined) return;
    why ??= problem;
    // Who did not answer will not answer to another name.
    if (/no answer|[Tt]imed out|timeout/.test(problem)) break;
  }
  const next = resuming
    ? `then: relight resume ${guest}   or take it back: relight rollback ${guest}`
    : `or, from a filled vault: relight rebuild ${guest} --offline`;
  throw makeFailure(EXIT.notReady, 'RL0777', { url: archive.suite, why: why ?? '', next });
}
