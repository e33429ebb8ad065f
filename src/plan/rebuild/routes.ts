import type { RouteName } from '../../spec/types.ts';
import type { Action } from '../types.ts';
import { bootstrapRoot } from './install.ts';
import { installRoot } from './installer.ts';
import { installFromImage } from './iso.ts';
import { checkRoot, personaliseRoot } from './personalise.ts';
import type { PlanContext } from './request.ts';
import { restoreRoot } from './restore.ts';
import { prepareBoot, writeVolumes } from './write.ts';

/**
 * What a route does between the new volumes and the trial boot. All that comes before and after is the same for every
 * route, and each leaves the guest's system, checked against the spec, on the new root volume.
 */
type Route = (context: PlanContext) => readonly Action[];

/** The routes that a rebuild can take. */
const ROUTES: Readonly<Partial<Record<RouteName, Route>>> = {
  bootstrap: (context) => [
    bootstrapRoot(context),
    personaliseRoot(context),
    prepareBoot(context),
    checkRoot(context),
    writeVolumes(context),
  ],
  installer: installRoot,
  image: restoreRoot,
  iso: installFromImage,
};

/** The names of the routes that a rebuild can take. */
export const BUILT_ROUTES = Object.keys(ROUTES) as readonly RouteName[];

/** The actions of the guest's route. @throws TypeError for a route that `BUILT_ROUTES` does not name */
export function planRoute(context: PlanContext): readonly Action[] {
  const route = ROUTES[context.guest.install.kind];
  if (route === undefined) throw new TypeError(`there is no route ${context.guest.install.kind}`);
  return route(context);
}
