import { makeContext } from '../plan/rebuild/context.ts';
import { listPackages } from '../plan/rebuild/packages.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import { findServingPlace, type NoServingPlace } from '../plan/rebuild/served-archive.ts';
import { findMirrors, findProxy, listSources } from '../plan/rebuild/sources.ts';
import { kindOfLayout, ROUTE_LAYOUTS } from '../release/routes.ts';
import type { AddressFact } from '../tools/ip.ts';
import { formatSourceLine } from '../tools/mmdebstrap.ts';
import { type InstallerNeed, listInstallerNeed } from './installer-need.ts';

/** What the rebuild of one guest takes from elsewhere. */
export interface VaultNeed extends InstallerNeed {
  readonly guest: string;
  readonly route: string;
  readonly suite: string;
  /** Packages by name, as mmdebstrap is given them. */
  readonly packages: readonly string[];
  /** Lines of sources.list(5). */
  readonly sources: readonly string[];
  readonly proxy: string | undefined;
  /** For the route image. */
  readonly image: string | undefined;
  /** The archive that the Debian installer fetches from. */
  readonly archive: string;
  /** Why the installer could not be served by this machine, as far as it was asked. */
  readonly unserved: NoServingPlace | undefined;
  /** For another route than bootstrap: whether bootstrap could make the guest's disks. */
  readonly fitsBootstrap: boolean;
}

/**
 * Reads the need off the same functions that make the rebuild's plan. With the addresses of this machine it is also known
 * whether a guest's installer could be served here.
 */
export function describeNeed(request: PlanRequest, addresses?: readonly AddressFact[]): VaultNeed {
  const context = makeContext(request);
  const { guest, facts, site } = context;
  const installer = listInstallerNeed(guest, site.host);
  const { hypervisor } = facts;
  const place =
    installer.medium === undefined || addresses === undefined
      ? undefined
      : findServingPlace({ hypervisor, nics: guest.nics, networks: site.networks, addresses });
  return {
    guest: guest.name,
    route: guest.install.kind,
    suite: guest.suite,
    packages: listPackages(context),
    sources: listSources(context).map((source) => formatSourceLine(source, facts.keyring)),
    archive: findMirrors(context).archive.replace(/\/+$/, ''),
    proxy: findProxy(context),
    image: guest.install.kind === 'image' ? guest.install.image : undefined,
    ...installer,
    unserved: place !== undefined && 'problem' in place ? place : undefined,
    fitsBootstrap: ROUTE_LAYOUTS.bootstrap.includes(
      kindOfLayout(guest.disks.find(({ role }) => role === 'root')?.layout ?? 'plain'),
    ),
  };
}
