import type { HostPaths } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { chooseHypervisor, choosePaths, probeHost } from '../run/probe-host.ts';
import type { Runner } from '../run/runner.ts';
import { createRunner } from '../run/runner-spawn.ts';
import { openHypervisor } from '../run/session.ts';
import { openVault, type Vault } from '../run/vault/vault.ts';
import { openVolumeStore } from '../run/volumes/store.ts';
import type { GuestSpec, Site } from '../spec/types.ts';
import { type AddressFact, IP_ADDRESSES_ARGV, parseAddresses } from '../tools/ip.ts';
import { describeNeed, type VaultNeed } from '../vault/need.ts';
import type { CommandContext } from './context.ts';
import { type LoadedSite, loadSite, requireGuest } from './load-site.ts';

const ADDRESS_SECONDS = 30;

/** A site with its vault, and what its guests need. */
export interface VaultHost {
  readonly loaded: LoadedSite;
  readonly site: Site;
  readonly paths: HostPaths;
  readonly runner: Runner;
  readonly vault: Vault;
  readonly needs: readonly VaultNeed[];
  /** What each need was read off, in the same order. */
  readonly requests: readonly PlanRequest[];
}

/** The directory of a site's vault. */
export function findVaultDirectory(site: Site, paths: HostPaths): string {
  return site.host.vault ?? statePaths.vault(paths);
}

/** This machine's addresses, where an installer would be served on one of them. Under QEMU none is asked for. */
export async function listAddresses(runner: Runner, hypervisor: 'xl' | 'qemu'): Promise<AddressFact[]> {
  if (hypervisor === 'qemu') return [];
  const result = await runner.run({ argv: IP_ADDRESSES_ARGV, deadlineSeconds: ADDRESS_SECONDS });
  return result.failed ? [] : parseAddresses(result.stdout);
}

/** Loads the site and works out the needs of the named guests, or of all. Reads only. @throws Failure */
export async function openVaultHost(
  context: CommandContext,
  names: readonly string[],
  siteOption: string | undefined,
): Promise<VaultHost> {
  const loaded = loadSite(context, siteOption);
  const wanted = names.length > 0 ? names : [...loaded.parsed.guestFiles.keys()];
  const found = wanted.map((name) => requireGuest(context, loaded, name));
  const site = found[0]?.site;
  if (site === undefined) {
    throw new Failure(EXIT.usage, 'RL1110', `the site ${loaded.directory} has no guests`, 'relight check');
  }
  const paths = choosePaths(chooseHypervisor(site.host), context.environment);
  const runner = createRunner({ environment: context.environment, signal: context.signal });
  const requests: PlanRequest[] = [];
  for (const { guest } of found) requests.push(await makeRequest(site, guest, paths, runner));
  const addresses = await listAddresses(runner, chooseHypervisor(site.host));
  const needs = requests.map((request) => describeNeed(request, addresses));
  const vault = openVault(findVaultDirectory(site, paths));
  return { loaded, site, paths, runner, vault, needs, requests };
}

/** The request of a plan that is never made. */
async function makeRequest(
  site: Site,
  guest: GuestSpec,
  paths: HostPaths,
  runner: Runner,
): Promise<PlanRequest> {
  const kind = chooseHypervisor(site.host);
  const hypervisor = openHypervisor(kind, runner, paths);
  const openStore = (storage: Parameters<typeof openVolumeStore>[0]) => openVolumeStore(storage, runner);
  const facts = await probeHost({ site, guest, paths, hypervisor, runner, openStore });
  if (guest.mirror.kind === 'host' && facts.mirrors === undefined) {
    const message = 'this machine has no Debian archive in its apt sources, or has never read them';
    throw new Failure(EXIT.notReady, 'RL0761', message, 'apt-get update, or name a mirror in the spec');
  }
  // What is needed does not depend on the names that a real plan draws.
  return {
    ...{ site, guest, facts, stop: false, keepRunning: true, relightVersion: RELIGHT_VERSION },
    ...{ operation: '000000', nonce: '', machineId: '', specHash: '', hostHash: '' },
    bootstrapper: 'mmdebstrap',
  };
}
