import { EXIT, type ExitStatus } from '../report/failure.ts';
import { requireRoot } from '../run/identity.ts';
import { createRunner } from '../run/runner-spawn.ts';
import { withVerbose } from '../run/runner-wrappers.ts';
import type { CommandContext } from './context.ts';
import { compareDom0, type Dom0Options, findDom0Paths, loadDom0Site } from './dom0-host.ts';
import { formatDom0Items, formatDom0Json, isReady } from './dom0-show.ts';

/** `relight dom0 check`: what this machine lacks, or what has drifted. 0 when nothing does, 4 else. Reads only. */
export async function runDom0Check(context: CommandContext, options: Dom0Options): Promise<ExitStatus> {
  const site = loadDom0Site(context, options);
  requireRoot('relight dom0 check');
  const paths = findDom0Paths(context);
  const real = createRunner({ environment: context.environment, signal: context.signal });
  const runner = context.verbose ? withVerbose(real, (line) => context.say(`${line}\n`)) : real;
  const { items } = await compareDom0(site, paths, runner, options);
  context.print(options.json === true ? formatDom0Json(items) : formatDom0Items(items, context.verbose));
  if (isReady(items)) return EXIT.done;
  if (items.some((item) => item.state === 'todo')) context.say('hint: relight dom0 setup\n');
  return EXIT.notReady;
}
