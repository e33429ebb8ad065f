import { statePaths } from '../host/paths.ts';
import type { PlanRequest, VaultSource } from '../plan/rebuild/request.ts';
import { findMirrors, findProxy } from '../plan/rebuild/sources.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { findOfflineIssues } from '../run/vault/examine.ts';
import { canReach } from '../run/vault/reach.ts';
import { openVault, requireVaultPath, type Vault } from '../run/vault/vault.ts';
import { describeNeed } from '../vault/need.ts';
import { describeVaultSource } from '../vault/source.ts';
import type { CommandContext } from './context.ts';
import type { PlanHost } from './guest-host.ts';
import { findVaultDirectory } from './vault-guests.ts';

/**
 * Whether a rebuild takes its packages from the vault: when `--offline` says so, or, said aloud, when the mirror does not
 * answer and something is stored for the guest. Everything stored is hashed first.
 * @throws Failure EXIT.notReady that names what is missing
 */
export async function chooseVault(
  context: CommandContext,
  host: PlanHost,
  request: PlanRequest,
  offline: boolean,
): Promise<VaultSource | undefined> {
  const { site, paths } = host;
  const { guest } = request;
  const vault = openVault(findVaultDirectory(site, paths));
  const isBootstrap = guest.install.kind === 'bootstrap';
  if (guest.install.kind !== 'image' && !isBootstrap) return undefined;
  if (!offline && (!isBootstrap || !(await mustFallBack(context, host, request, vault)))) return undefined;
  await requireStored(host, request, vault);
  if (!isBootstrap) return undefined;
  requireVaultPath(vault.directory);
  if (request.bootstrapper !== 'mmdebstrap') {
    throw makeFailure(EXIT.usage, 'RL1610', { bootstrapper: request.bootstrapper });
  }
  const manifest = vault.readManifest(guest.name);
  return manifest === undefined ? undefined : describeVaultSource(vault.directory, manifest);
}

/** @throws Failure EXIT.notReady that names all that is missing */
export async function requireStored(host: PlanHost, request: PlanRequest, vault: Vault): Promise<void> {
  const need = describeNeed(request);
  const { runner } = host.session;
  const issues = await findOfflineIssues({ vault, need, runner, images: statePaths.images(host.paths) });
  const [first] = issues;
  if (first === undefined) return;
  const message = issues.map((issue) => issue.message).join('\n  ');
  throw new Failure(EXIT.notReady, first.code, message, first.hint);
}

/** Asks the mirror only where there is another way. */
export async function mustFallBack(
  context: CommandContext,
  host: PlanHost,
  request: PlanRequest,
  vault: Vault,
): Promise<boolean> {
  const { guest } = request;
  // A damaged vault hinders nobody whose mirror answers: it is read only when it is needed.
  if (!vault.hasManifest(guest.name)) return false;
  const { archive } = findMirrors(request);
  const proxy = findProxy(request);
  if (await canReach(host.session.runner, `${archive}/dists/${guest.suite}/InRelease`, proxy)) return false;
  const filled = vault.readManifest(guest.name)?.filled;
  context.say(`the mirror ${archive} cannot be reached: building from the vault as of ${filled}\n`);
  return true;
}
