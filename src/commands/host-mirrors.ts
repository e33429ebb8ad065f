import type { MirrorFacts } from '../host/facts.ts';
import { INDEX_TARGET_FORMAT, parseIndexTargets } from '../host/mirrors.ts';
import { requireSuccess } from '../run/runner.ts';
import { createRunner } from '../run/runner-spawn.ts';
import type { CommandContext } from './context.ts';

/** The archives of this machine's apt: a guest with a mirror of its own still takes the security archive from there. */
export async function findHostMirrors(context: CommandContext): Promise<MirrorFacts | undefined> {
  const runner = createRunner({ environment: context.environment, signal: context.signal });
  const argv = ['apt-get', 'indextargets', '--format', INDEX_TARGET_FORMAT];
  const result = await runner.run({ argv, deadlineSeconds: 120 });
  // Neither says anything of the archives.
  if (result.aborted || result.timedOut) requireSuccess(result);
  return result.failed ? undefined : parseIndexTargets(result.stdout);
}
