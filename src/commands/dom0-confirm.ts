import { statePaths } from '../host/paths.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { readLink } from '../run/files.ts';
import { requireRoot } from '../run/identity.ts';
import { isPending } from '../run/probe-network.ts';
import { createRunner } from '../run/runner-spawn.ts';
import type { CommandContext } from './context.ts';
import { findDom0Paths } from './dom0-host.ts';

/** `relight dom0 confirm`: keeps a change of the network that would otherwise be taken back. @throws Failure */
export async function runDom0Confirm(context: CommandContext): Promise<ExitStatus> {
  requireRoot('relight dom0 confirm');
  const change = statePaths.networkChange(findDom0Paths(context));
  if (!isPending(change)) {
    if (readLink(`${change}/decision`) === 'returned') throw makeFailure(EXIT.failed, 'RL1312', {});
    throw makeFailure(EXIT.failed, 'RL1311', {});
  }
  const runner = createRunner({ environment: context.environment, signal: context.signal });
  const result = await runner.run({
    argv: [`${change}/network-change`, 'confirm', change],
    deadlineSeconds: 60,
  });
  if (result.failed) throw makeFailure(EXIT.failed, 'RL1312', {});
  context.print('The change of the network is kept.\n');
  return EXIT.done;
}
