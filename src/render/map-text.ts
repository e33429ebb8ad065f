import type { MapGuest, MapModel, MapNetwork, MapNic, MapState } from '../plan/map/types.ts';
import { formatSize } from '../spec/size.ts';

const MARKS: Readonly<Record<MapState, string>> = { ok: ' ', unknown: ' ', missing: '-', extra: '+' };

/** One line of the picture: its mark stands in the margin, as in a difference. */
interface Line {
  readonly state: MapState;
  readonly text: string;
}

interface Branch extends Line {
  readonly children: readonly Branch[];
}

/** The map as a tree: interface, network, guest, forward; then the disks. `-` is missing here, `+` is not in the site. */
export function renderMapText(map: MapModel): string {
  const tree = map.links.map((link) => ({
    state: link.state,
    text: ['interface', link.name, ...link.addresses].join(' '),
    children: map.networks
      .filter((network) => network.outside === link.name)
      .map((each) => drawNetwork(each, map)),
  }));
  const inner = map.networks.filter((network) => network.outside === undefined);
  const branches: Branch[] = [...tree, ...inner.map((network) => drawNetwork(network, map))];
  const lines = [
    { state: 'ok' as const, text: `dom0 of site ${map.site}` },
    ...layOut(branches, ''),
    { state: 'ok' as const, text: '' },
    { state: 'ok' as const, text: 'guests and disks' },
    ...layOut(map.guests.map(drawDisks), ''),
  ];
  const marked = new Set(lines.map((line) => MARKS[line.state]));
  const legend = [
    ...(marked.has('-') ? ['- in the site, not on this machine'] : []),
    ...(marked.has('+') ? ['+ on this machine, not in the site'] : []),
  ];
  const text = lines.map((line) => `${MARKS[line.state]} ${line.text}`.trimEnd()).join('\n');
  return `${text}\n${legend.length === 0 ? '' : `\n${legend.join('\n')}\n`}`;
}

/** `nat 10.9.0.0/24` and the like, for both pictures. */
export function describeNetwork(network: MapNetwork): string {
  return [network.mode, ...(network.subnet === undefined ? [] : [network.subnet])].join(' ');
}

/** `pvh, 2 vcpus, 2GiB, running`, for both pictures. */
export function describeGuest(guest: MapGuest): string {
  const parts = [
    guest.kind,
    ...(guest.vcpus === undefined ? [] : [guest.vcpus === 1 ? '1 vcpu' : `${guest.vcpus} vcpus`]),
    ...(guest.memoryBytes === undefined ? [] : [formatSize(guest.memoryBytes)]),
    ...(guest.running === 'unknown' ? [] : [guest.running]),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function drawNetwork(network: MapNetwork, map: MapModel): Branch {
  const on = network.mode === 'nat' ? ['on bridge'] : [];
  const device = network.mode === 'routed' ? [] : [...on, network.device, ...network.addresses];
  const nics = map.guests.flatMap((guest) =>
    guest.nics.filter((nic) => nic.network === network.name).map((nic) => drawNic(guest, nic)),
  );
  return {
    state: network.state,
    text: [`network ${network.name}:`, describeNetwork(network), ...device].join(' '),
    children: nics,
  };
}

function drawNic(guest: MapGuest, nic: MapNic): Branch {
  const words = [guest.name, ...nic.addresses, ...(nic.vif === undefined ? [] : [`(${nic.vif})`])];
  return {
    state: nic.state === 'unknown' ? guest.state : nic.state,
    text: words.join(' '),
    children: nic.forwards.map((forward) => ({
      state: forward.state,
      text: `forward ${forward.text}`,
      children: [],
    })),
  };
}

function drawDisks(guest: MapGuest): Branch {
  return {
    state: guest.state,
    text: `${guest.name}: ${describeGuest(guest)}`,
    children: guest.disks.map((disk) => ({
      state: disk.state,
      text: [
        disk.name,
        ...(disk.sizeBytes === undefined ? [] : [formatSize(disk.sizeBytes)]),
        ...(disk.kept ? ['kept'] : []),
        ...(disk.device === undefined ? [] : [disk.device]),
      ].join(' '),
      children: [],
    })),
  };
}

function layOut(branches: readonly Branch[], indent: string): Line[] {
  return branches.flatMap((branch, index) => {
    const isLast = index === branches.length - 1;
    return [
      { state: branch.state, text: `${indent}${isLast ? '└─ ' : '├─ '}${branch.text}` },
      ...layOut(branch.children, `${indent}${isLast ? '   ' : '│  '}`),
    ];
  });
}
