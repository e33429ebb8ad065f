import type { NetbootFacts } from '../host/netboot.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import { findServingPlace, type ServedArchive } from '../plan/rebuild/served-archive.ts';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { readInstaller } from '../run/netboot/read-netboot.ts';
import { locateImage } from '../run/vault/media.ts';
import { findServingPort } from '../run/vault/server.ts';
import { openVault, type Vault } from '../run/vault/vault.ts';
import type { StoredMedium, StoredNetboot } from '../vault/installer-manifest.ts';
import { SERVED_DIRECTORY } from '../vault/partial-mirror.ts';
import { mustFallBack, requireStored } from './choose-vault.ts';
import type { CommandContext } from './context.ts';
import type { PlanHost } from './guest-host.ts';
import type { RebuildOptions } from './make-plan.ts';
import { findVaultDirectory, listAddresses } from './vault-guests.ts';

/** What the Debian installer is started from and fed with, out of the vault. */
export interface StoredInstaller {
  readonly served: ServedArchive;
  readonly netboot: NetbootFacts | undefined;
  /** Where the stored image lies. */
  readonly iso: string | undefined;
}

/**
 * Whether the Debian installer takes everything from the vault: when `--offline` says so, or, said aloud, when the mirror
 * does not answer and something is stored for the guest. Everything stored is hashed first, and an address of this
 * machine is looked for that the guest reaches.
 * @throws Failure EXIT.notReady that names what is missing; RL1604, RL1612, RL1613
 */
export async function chooseStoredInstaller(
  context: CommandContext,
  host: PlanHost,
  request: PlanRequest,
  options: RebuildOptions,
): Promise<StoredInstaller | undefined> {
  const { kind } = request.guest.install;
  const offline = options.offline === true;
  if (kind === 'bootstrap' || kind === 'image') return undefined;
  const vault = openVault(findVaultDirectory(host.site, host.paths));
  if (!offline && !(await mustFallBack(context, host, request, vault))) return undefined;
  for (const [option, value] of [
    ['--netboot', options.netboot],
    ['--complete-initrd', options.completeInitrd],
  ]) {
    if (offline && value !== undefined) throw makeFailure(EXIT.usage, 'RL1615', { option: String(option) });
  }
  await requireStored(host, request, vault);
  const stored = vault.readManifest(request.guest.name)?.installer;
  if (stored === undefined) throw makeFailure(EXIT.notReady, 'RL1601', { name: request.guest.name });
  return {
    served: await findServed(host, request, vault.directory, stored.filled),
    netboot: stored.medium.kind === 'netboot' ? readStored(vault, stored.medium) : undefined,
    iso: locateStoredImage(vault, stored.medium),
  };
}

function locateStoredImage({ directory }: Vault, medium: StoredMedium): string | undefined {
  return medium.kind === 'iso' ? locateImage(directory, medium) : undefined;
}

function readStored({ objects, directory }: Vault, medium: StoredNetboot): NetbootFacts {
  const { kernel, initrd, completion } = medium;
  return {
    ...readInstaller(objects.path(kernel), objects.path(initrd), directory),
    completion: completion === undefined ? undefined : objects.path(completion),
  };
}

/** @throws Failure RL1612, RL1613 */
async function findServed(
  { session }: PlanHost,
  { guest, site, facts }: PlanRequest,
  vault: string,
  filled: string,
): Promise<ServedArchive> {
  const { hypervisor } = facts;
  const addresses = await listAddresses(session.runner, hypervisor);
  const place = findServingPlace({ hypervisor, nics: guest.nics, networks: site.networks, addresses });
  if ('problem' in place) throw makeFailure(EXIT.notReady, 'RL1612', { name: guest.name, ...place });
  const port = await findServingPort(place.listen);
  const url = `http://${place.reached}:${port}${SERVED_DIRECTORY}`;
  const client = place.client === undefined ? {} : { client: place.client };
  return { url, address: place.listen, port, ...client, vault, filled };
}
