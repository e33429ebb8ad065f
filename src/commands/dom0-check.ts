import { EXIT, type ExitStatus } from '../report/failure.ts';
import { requireRoot } from '../run/identity.ts';
import { createRunner } from '../run/runner-spawn.ts';
import { withVerbose } from '../run/runner-wrappers.ts';
import type { CommandContext } from './context.ts';
import { askGuests } from './dom0-guests.ts';
import { compareDom0, type Dom0Options, findDom0Paths, loadDom0Site } from './dom0-host.ts';
import { formatDom0Items, formatDom0Json, isReady } from './dom0-show.ts';

/** `relight dom0 check`: what this machine lacks, or what has drifted. 0 when nothing does, 4 else. Changes nothing. */
export async function runDom0Check(context: CommandContext, options: Dom0Options): Promise<ExitStatus> {
  const site = loadDom0Site(context, options);
  requireRoot('relight dom0 check');
  const paths = findDom0Paths(context);
  const real = createRunner({ environment: context.environment, signal: context.signal });
  const runner = context.verbose ? withVerbose(real, (line) => context.say(`${line}\n`)) : real;
  const compared = await compareDom0(site, paths, runner, options);
  // A guest's plan is for the hypervisor that will run it: before the first boot into Xen the question has no answer.
  const isAsked = compared.request.facts.xen !== undefined || site.host.hypervisor === 'qemu';
  const items = [...compared.items, ...(isAsked ? await askGuests(context, options) : [])];
  context.print(options.json === true ? formatDom0Json(items) : formatDom0Items(items, context.verbose));
  if (isReady(items)) return EXIT.done;
  if (items.some((item) => item.state === 'todo')) context.say('hint: relight dom0 setup\n');
  return EXIT.notReady;
}
