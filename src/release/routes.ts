import type { RouteName } from '../spec/types.ts';

/** How a root file system is laid out: on one plain partition, or by the installer's partitioner. */
export type LayoutKind = 'plain' | 'lvm' | 'luks' | 'recipe';

/** Which layouts of the root disk each route can make. */
export const ROUTE_LAYOUTS: Readonly<Record<RouteName, readonly LayoutKind[]>> = {
  installer: ['plain', 'lvm', 'luks', 'recipe'],
  iso: ['plain', 'lvm', 'luks', 'recipe'],
  bootstrap: ['plain'],
  image: ['plain'],
  fai: ['plain', 'lvm'],
};

/** The routes that can make a layout, in order of preference. */
export function listRoutesFor(layout: LayoutKind): readonly RouteName[] {
  const routes: readonly RouteName[] = ['bootstrap', 'installer', 'iso', 'fai', 'image'];
  return routes.filter((route) => ROUTE_LAYOUTS[route].includes(layout));
}
