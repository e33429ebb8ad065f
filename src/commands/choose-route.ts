import type { HostFacts } from '../host/facts.ts';
import { BUILT_ROUTES } from '../plan/rebuild/routes.ts';
import { kindOfLayout, listRoutesFor, ROUTE_LAYOUTS } from '../release/routes.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
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
  const name = kindOfLayout(layout);
  if (ROUTE_LAYOUTS[kind].includes(name)) return { ...guest, install };
  const able = listRoutesFor(name).filter((route) => BUILT_ROUTES.includes(route));
  const message = `route ${kind} cannot make the root disk's layout ${name}`;
  throw new Failure(EXIT.invalid, 'RL1203', message, able.map((route) => `--route ${route}`).join(' or '));
}

/**
 * What route `installer` cannot do yet, or must not do on this machine.
 * @throws Failure RL1210
 */
export function refuseInstaller(guest: GuestSpec, facts: HostFacts): void {
  if (guest.install.kind !== 'installer') return;
  const refuse = (problem: string, fix: string) => {
    throw makeFailure(EXIT.notReady, 'RL1210', { guest: guest.name, problem, fix });
  };
  const layout = guest.disks.find((disk) => disk.role === 'root')?.layout;
  if (layout !== 'plain') {
    refuse(
      'its root disk is not plain, and relight mounts no volume group or encrypted disk of a guest to check it',
      'set layout: plain; a medium for any layout is made by: relight iso build',
    );
  }
  if (guest.boot === 'uefi') refuse('it boots by UEFI', 'give --route bootstrap');
  // Two machines with one address: the installer would cut the old guest off the network, or be cut off by it.
  if (facts.running && facts.hypervisor === 'xl') {
    refuse(
      'the guest runs, and the installer needs its addresses',
      `stop it first: relight stop ${guest.name}, or give --route bootstrap`,
    );
  }
}
