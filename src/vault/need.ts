import { makeContext } from '../plan/rebuild/context.ts';
import { listPackages } from '../plan/rebuild/packages.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import { findProxy, listSources } from '../plan/rebuild/sources.ts';
import { formatSourceLine } from '../tools/mmdebstrap.ts';

/** What the rebuild of one guest takes from elsewhere. */
export interface VaultNeed {
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
}

/** Reads the need off the same functions that make the rebuild's plan. */
export function describeNeed(request: PlanRequest): VaultNeed {
  const context = makeContext(request);
  const { guest, facts } = context;
  return {
    guest: guest.name,
    route: guest.install.kind,
    suite: guest.suite,
    packages: listPackages(context),
    sources: listSources(context).map((source) => formatSourceLine(source, facts.keyring)),
    proxy: findProxy(context),
    image: guest.install.kind === 'image' ? guest.install.image : undefined,
  };
}
