import type { HostFacts } from '../host/facts.ts';
import { BUILT_ROUTES } from '../plan/rebuild/routes.ts';
import { kindOfLayout, type LayoutKind, ROUTE_LAYOUTS } from '../release/routes.ts';
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
  const message = `route ${kind} cannot make the root disk's layout ${name}`;
  throw new Failure(EXIT.invalid, 'RL1203', message, adviseByHand(guest));
}

/** What is left for a layout that no rebuild can make. */
function adviseByHand({ name }: GuestSpec): string {
  const command = `relight iso build ${name} --from IMAGE -o ${name}.iso`;
  return `install it by hand: ${command} (docs/installer.md says how), or set layout: plain`;
}

/** Why what the installer makes of a layout cannot be checked, tried and switched to. */
const OPAQUE: Readonly<Record<Exclude<LayoutKind, 'plain'>, string>> = {
  lvm: 'its root lies in a volume group of its own, which this machine would have to take in among its own to check it',
  luks: 'its root disk is encrypted: at every start somebody types its key, and nobody does in a trial boot',
  raid: 'its root is a RAID, which this machine would have to assemble, and write to, to check it',
  recipe: "its partitions are the spec's own, and relight does not know which of them is the root",
};

/**
 * What the installer cannot do yet, or must not do on this machine, found before it runs for an hour.
 * @throws Failure RL1210
 */
export function refuseInstaller(guest: GuestSpec, facts: HostFacts): void {
  const { kind } = guest.install;
  if (kind !== 'installer' && kind !== 'iso') return;
  const refuse = (problem: string, fix: string) => {
    throw makeFailure(EXIT.notReady, 'RL1210', { route: kind, guest: guest.name, problem, fix });
  };
  const layout = kindOfLayout(guest.disks.find((disk) => disk.role === 'root')?.layout ?? 'plain');
  if (layout !== 'plain') {
    refuse(OPAQUE[layout], adviseByHand(guest));
  }
  if (kind !== 'installer') return;
  if (guest.boot === 'uefi') refuse('it boots by UEFI', 'give --route bootstrap');
  // Two machines with one address: the installer would cut the old guest off the network, or be cut off by it.
  if (facts.running && facts.hypervisor === 'xl') {
    refuse(
      'the guest runs, and the installer needs its addresses',
      `stop it first: relight stop ${guest.name}, or give --route bootstrap`,
    );
  }
}
