import type { DiskLayout, RouteName } from '../spec/types.ts';

/** How a root file system is laid out: on one plain partition, or by the installer's partitioner. */
export type LayoutKind = 'plain' | 'lvm' | 'luks' | 'raid' | 'recipe';

/** The kind of a layout, as written or normalised. */
export function kindOfLayout(layout: DiskLayout | { readonly raid: number }): LayoutKind {
  if (typeof layout === 'string') return layout;
  return 'raid' in layout ? 'raid' : 'recipe';
}

/** Which layouts of the root disk each route can make. */
export const ROUTE_LAYOUTS: Readonly<Record<RouteName, readonly LayoutKind[]>> = {
  installer: ['plain', 'lvm', 'luks', 'raid', 'recipe'],
  iso: ['plain', 'lvm', 'luks', 'raid', 'recipe'],
  bootstrap: ['plain'],
  image: ['plain'],
  fai: ['plain', 'lvm'],
};

/** The routes that can make a layout, in order of preference. */
export function listRoutesFor(layout: LayoutKind): readonly RouteName[] {
  const routes: readonly RouteName[] = ['bootstrap', 'installer', 'iso', 'fai', 'image'];
  return routes.filter((route) => ROUTE_LAYOUTS[route].includes(layout));
}
