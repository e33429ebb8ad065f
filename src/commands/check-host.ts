import { Failure } from '../report/failure.ts';
import type { Issue } from '../report/issue.ts';
import { chooseHypervisor, choosePaths, hashFacts, probeHost } from '../run/probe-host.ts';
import { createRunner } from '../run/runner-spawn.ts';
import { readSecrets } from '../run/secrets.ts';
import { openHypervisor } from '../run/session.ts';
import { openVolumeStore } from '../run/volumes/store.ts';
import type { GuestSpec, Site } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import type { LoadedSite } from './load-site.ts';
import { listSecrets, makePlan } from './make-plan.ts';
import { requireArchive } from './require-archive.ts';

/** `check --host`: would a rebuild begin on this machine? It makes each guest's plan and tells what stands against it. */
export async function checkGuestsOnHost(
  context: CommandContext,
  loaded: LoadedSite,
  guests: readonly GuestSpec[],
): Promise<Issue[]> {
  const { site } = loaded.parsed;
  if (site === undefined) return [];
  const issues: Issue[] = [];
  for (const guest of guests) {
    try {
      await tryPlan(context, site, guest);
    } catch (error) {
      if (context.signal.aborted || !(error instanceof Failure)) throw error;
      const { code, message, hint } = error;
      const position = { file: guest.file, line: 1, column: 1, length: 1 };
      issues.push({ code, severity: 'error', message, position, ...(hint === undefined ? {} : { hint }) });
    }
  }
  return issues;
}

async function tryPlan(context: CommandContext, site: Site, guest: GuestSpec): Promise<void> {
  const runner = createRunner({ environment: context.environment, signal: context.signal });
  const kind = chooseHypervisor(site.host);
  const paths = choosePaths(kind, context.environment);
  const hypervisor = openHypervisor(kind, runner, paths);
  const openStore = (storage: Parameters<typeof openVolumeStore>[0]) => openVolumeStore(storage, runner);
  const facts = await probeHost({ site, guest, paths, hypervisor, runner, openStore });
  const host = { site, guest, paths, session: { runner }, facts, hostHash: hashFacts(facts) };
  const plan = await makePlan(context, host, {});
  readSecrets(listSecrets(guest), context.environment);
  await requireArchive(runner, plan);
}
