import { makeDom0Plan } from '../plan/dom0/build.ts';
import { renderBackends } from '../plan/dom0/cache.ts';
import { findCacheFaults, planCacheClean, SYSTEMD_SERVICE } from '../plan/dom0/cache-faults.ts';
import { formatPlan } from '../plan/format.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import type { CommandContext } from './context.ts';
import { compareDom0, type Dom0Options, loadDom0Site, withDom0 } from './dom0-host.ts';
import { executeDom0 } from './dom0-setup.ts';

/** `relight dom0 cache clean`: finds what is wrong with the package cache of this machine and mends it. */
export async function runDom0CacheClean(context: CommandContext, options: Dom0Options): Promise<ExitStatus> {
  const site = loadDom0Site(context, options);
  return withDom0(context, 'dom0 cache clean', async (session, paths) => {
    const find = async (deep: boolean) => {
      const { request } = await compareDom0(site, paths, session.runner, { ...options, deep });
      const { cache, mirrors } = request.facts;
      if (cache === undefined) throw makeFailure(EXIT.notReady, 'RL1439', {});
      return { request, cache, faults: findCacheFaults(cache, mirrors, renderBackends) };
    };
    const { request, cache, faults } = await find(true);
    for (const { issue } of faults) context.print(`${issue.code}: ${issue.message}\n`);
    const actions = planCacheClean(cache, faults, SYSTEMD_SERVICE);
    if (actions.length > 0) {
      const plan = makeDom0Plan(request, 'dom0-cache-clean', actions);
      if (options.dryRun === true) {
        context.print(`${formatPlan(plan, true)}Dry run: nothing was changed.\n`);
        return EXIT.done;
      }
      await executeDom0(context, session, paths, plan);
    }
    const left = actions.length === 0 ? faults : (await find(false)).faults;
    for (const { issue } of left) context.print(`left: ${issue.code}: ${issue.message}\n`);
    if (left.length > 0) throw makeFailure(EXIT.notReady, 'RL1438', { count: left.length });
    context.print(
      faults.length === 0 ? 'The package cache is whole.\n' : 'The package cache is whole again.\n',
    );
    return EXIT.done;
  });
}
