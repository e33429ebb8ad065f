import type { HostNetworkFacts } from '../../host/network.ts';
import type { GuestSpec, NetworkSpec, Site } from '../../spec/types.ts';
import type { LinkFact } from '../../tools/ip.ts';
import { drawForeignGuest, drawGuest } from './guest.ts';
import type { MapLink, MapModel, MapNetwork, MapState } from './types.ts';

/** A running domain, as `xl list -l` has it. */
export interface MapDomain {
  readonly name: string;
  readonly id: number;
  readonly type: string;
  readonly memoryKiB: number | undefined;
  readonly vcpus: number | undefined;
  readonly disks: readonly { readonly device: string; readonly target: string }[];
  readonly nics: readonly { readonly mac: string; readonly attached: string }[];
}

/** What was found on this machine. A part that is undefined was not looked at, or could not be. */
export interface MapReality {
  readonly network: Pick<HostNetworkFacts, 'links' | 'addresses' | 'files' | 'rulesLoaded'> | undefined;
  readonly domains: readonly MapDomain[] | undefined;
  readonly volumes: readonly { readonly name: string; readonly guest: string | undefined }[] | undefined;
}

/** Compares the site with this machine and makes one picture of both. Pure. */
export function drawMap(site: Site, reality: MapReality): MapModel {
  const networks = [...site.networks.values()].map((network) => drawNetwork(network, reality));
  const guests = [...site.guests.values()].map((guest: GuestSpec) => drawGuest(guest, site, reality));
  const foreign = (reality.domains ?? []).filter(
    (domain) => domain.id !== 0 && !site.guests.has(domain.name) && !domain.name.includes('~'),
  );
  return {
    site: site.name,
    links: drawLinks(networks, reality),
    networks: [...networks, ...drawForeignBridges(networks, reality)],
    guests: [...guests, ...foreign.map((domain) => drawForeignGuest(domain, site))],
  };
}

/** Whether an interface is there. */
function judgeLink(name: string, { network }: MapReality): MapState {
  if (network === undefined) return 'unknown';
  return network.links.some((link) => link.name === name) ? 'ok' : 'missing';
}

function addressesOf(name: string, { network }: MapReality): string[] {
  return (network?.addresses ?? [])
    .filter((each) => each.link === name)
    .map((each) => `${each.address}/${each.prefix}`);
}

function drawNetwork(network: NetworkSpec, reality: MapReality): MapNetwork {
  const device = network.mode === 'routed' ? network.interface : network.bridge;
  const deviceState = judgeLink(device, reality);
  const outside =
    network.mode === 'nat'
      ? network.out
      : network.mode === 'routed'
        ? network.interface
        : findPort(network, reality);
  return {
    name: network.name,
    mode: network.mode,
    device,
    deviceState,
    addresses: addressesOf(device, reality),
    subnet: network.mode === 'nat' ? network.subnet : undefined,
    outside,
    state: deviceState,
  };
}

/** The physical port of a bridge: as the site says, or as it is. */
function findPort(network: Extract<NetworkSpec, { mode: 'bridge' }>, { network: facts }: MapReality) {
  return (
    network.interface ?? facts?.links.find((link) => link.master === network.bridge && isPhysical(link))?.name
  );
}

function isPhysical(link: LinkFact): boolean {
  return link.name !== 'lo' && !/^(vif|tap|xen|virbr|docker|veth)/.test(link.name) && link.kind !== 'bridge';
}

function drawLinks(networks: readonly MapNetwork[], reality: MapReality): MapLink[] {
  const wanted = networks.flatMap((network) => network.outside ?? []);
  const found = (reality.network?.links ?? []).filter(isPhysical).map((link) => link.name);
  return [...new Set([...wanted, ...found])].map((name) => ({
    name,
    addresses: addressesOf(name, reality),
    state: wanted.includes(name) ? judgeLink(name, reality) : 'extra',
  }));
}

function drawForeignBridges(networks: readonly MapNetwork[], reality: MapReality): MapNetwork[] {
  const known = new Set(networks.map((network) => network.device));
  const bridges = (reality.network?.links ?? []).filter(
    (link) => link.kind === 'bridge' && !known.has(link.name),
  );
  return bridges.map((link) => ({
    name: link.name,
    mode: 'bridge',
    device: link.name,
    deviceState: 'extra',
    addresses: addressesOf(link.name, reality),
    subnet: undefined,
    outside: reality.network?.links.find((each) => each.master === link.name && isPhysical(each))?.name,
    state: 'extra',
  }));
}
