import { findPackages, PACKAGE_OF } from '../host/programs.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { isProgram } from './runner-descriptors.ts';
import { rebuildEnvironment } from './runner-environment.ts';

/** Whether a program is on the path that commands are run with. */
export function hasProgram(
  program: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return isProgram(program, rebuildEnvironment(environment, {}).PATH ?? '');
}

/** @throws Failure EXIT.notReady that names every missing program and the packages that bring them */
export function requirePrograms(
  programs: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const missing = [...new Set(programs)].filter((program) => !hasProgram(program, environment));
  if (missing.length === 0) return;
  const list = missing
    .map((program) => `${program} (package ${PACKAGE_OF[program] ?? 'unknown'})`)
    .join(', ');
  const hint = `apt-get install ${findPackages(missing).join(' ')}`;
  throw new Failure(EXIT.notReady, 'RL0750', `this machine lacks ${list}`, hint);
}
