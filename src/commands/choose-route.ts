import { BUILT_ROUTES } from '../plan/rebuild/routes.ts';
import { listRoutesFor, ROUTE_LAYOUTS } from '../release/routes.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { normaliseRoute } from '../spec/normalise/guest.ts';
import type { GuestSpec } from '../spec/types.ts';

const ROUTE_TEXT = /^(?:installer|iso|bootstrap|fai|image:[a-z][a-z0-9-]{0,62})$/;

/**
 * The guest with the route of `--route`, or with its own.
 * @throws Failure RL0764 for a route that is not built, RL1203 for one that is none or that cannot make the guest's disks
 */
export function chooseRoute(guest: GuestSpec, wanted: string | undefined): GuestSpec {
  if (wanted !== undefined && !ROUTE_TEXT.test(wanted)) {
    const hint = 'installer, iso, bootstrap, fai or image:NAME';
    throw new Failure(EXIT.usage, 'RL1203', `there is no route ${wanted}`, hint);
  }
  const install = wanted === undefined ? guest.install : normaliseRoute(wanted);
  const { kind } = install;
  if (!BUILT_ROUTES.includes(kind)) {
    const message = `route ${kind} is not built yet: this relight rebuilds by route ${BUILT_ROUTES.join(', ')}`;
    throw new Failure(EXIT.notReady, 'RL0764', message, 'set install: bootstrap, or give --route bootstrap');
  }
  const layout = guest.disks.find((disk) => disk.role === 'root')?.layout ?? 'plain';
  const name = typeof layout === 'string' ? layout : 'recipe';
  if (ROUTE_LAYOUTS[kind].includes(name)) return { ...guest, install };
  const able = listRoutesFor(name).filter((route) => BUILT_ROUTES.includes(route));
  const message = `route ${kind} cannot make the root disk's layout ${name}`;
  throw new Failure(EXIT.invalid, 'RL1203', message, able.map((route) => `--route ${route}`).join(' or '));
}
