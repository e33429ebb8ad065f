import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import type { CommandContext } from './context.ts';
import { loadSite } from './load-site.ts';
import { runPrune } from './recover.ts';

/**
 * `relight prune` without a name: one guest after the other. A guest that cannot be pruned does not keep the others from it.
 * @throws Failure of the first guest that failed, once all have had their turn
 */
export async function runPruneAll(
  context: CommandContext,
  options: { readonly site?: string; readonly yes?: boolean; readonly all?: boolean },
): Promise<ExitStatus> {
  const names = [...loadSite(context, options.site).parsed.guestFiles.keys()].sort();
  const failures: Failure[] = [];
  for (const name of names) {
    try {
      await runPrune(context, name, options);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (failures.length > 0) context.say(`${name}: ${error.message}\n`);
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first !== undefined) throw first;
  if (names.length === 0) context.print('The site has no guests: nothing to prune.\n');
  return EXIT.done;
}
