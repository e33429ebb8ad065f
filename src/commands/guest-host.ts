import { randomBytes } from 'node:crypto';
import type { HostFacts, HostPaths } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import { pathExists } from '../run/files.ts';
import { requireRoot } from '../run/identity.ts';
import { chooseHypervisor, choosePaths, hashFacts, probeHost } from '../run/probe-host.ts';
import { openSession, type Session } from '../run/session.ts';
import type { GuestSpec, Site } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import { loadSite, requireGuest } from './load-site.ts';

/** A guest of the site, locked, with what this machine has of it. */
export interface GuestHost {
  readonly site: Site;
  readonly guest: GuestSpec;
  readonly paths: HostPaths;
  readonly session: Session;
  readonly facts: HostFacts;
  readonly hostHash: string;
}

/** As much of it as planning needs. */
export type PlanHost = Omit<GuestHost, 'session'> & { readonly session: Pick<Session, 'runner'> };

/** Checks the spec, locks the guest, probes the host, runs `act`, and lets go of everything again. */
export async function withGuest<T>(
  context: CommandContext,
  name: string,
  options: { readonly site?: string; readonly command: string },
  act: (host: GuestHost) => Promise<T>,
): Promise<T> {
  const { site, guest } = requireGuest(context, loadSite(context, options.site), name);
  requireRoot(`relight ${options.command}`);
  const hypervisor = chooseHypervisor(site.host);
  const paths = choosePaths(hypervisor, context.environment);
  const session = await openSession({
    guest: guest.name,
    command: `relight ${options.command} ${guest.name}`,
    paths,
    hypervisor,
    environment: context.environment,
    signal: context.signal,
    say: context.verbose ? (line) => context.say(`${line}\n`) : undefined,
  });
  try {
    const { hypervisor: running, runner, openStore } = session;
    const facts = await probeHost({ site, guest, paths, hypervisor: running, runner, openStore });
    return await act({ site, guest, paths, session, facts, hostHash: hashFacts(facts) });
  } finally {
    session.close();
  }
}

/** Six hexadecimal digits that no operation and no volume of the guest bears. */
export function drawOperation(facts: HostFacts, guest: string): string {
  for (;;) {
    const operation = randomBytes(3).toString('hex');
    const taken =
      pathExists(statePaths.operation(facts.paths, guest, operation)) ||
      facts.volumes.some((volume) => volume.name.endsWith(`.${operation}`));
    if (!taken) return operation;
  }
}

export function drawHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
