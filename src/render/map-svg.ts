import type { MapGuest, MapModel, MapNetwork, MapState } from '../plan/map/types.ts';
import { formatSize } from '../spec/size.ts';
import { describeGuest, describeNetwork } from './map-text.ts';

const COLOURS: Readonly<Record<MapState, string>> = {
  ok: '#1b4965',
  unknown: '#5c6770',
  missing: '#b3261e',
  extra: '#9a6700',
};
const LINE = 18;
const PADDING = 12;
const GAP = 26;
const TOP = 70;
/** Left edge and width of the three columns: interfaces, networks, guests. */
const COLUMNS = { link: [24, 200], network: [304, 240], guest: [644, 430] } as const;
const WIDTH = 1100;

interface Box {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly state: MapState;
  readonly lines: readonly { readonly text: string; readonly state: MapState }[];
}

/** The map as a picture: interfaces on the left, networks in the middle, guests with their disks on the right. */
export function renderMapSvg(map: MapModel): string {
  const links = stack(
    'link',
    map.links.map((link) => ({
      key: link.name,
      state: link.state,
      lines: [link.name, ...link.addresses].map((text) => ({ text, state: link.state })),
    })),
  );
  const networks = stack('network', map.networks.map(listNetwork));
  const guests = stack('guest', map.guests.map(listGuest));
  const boxes = [...links, ...networks, ...guests];
  const height = Math.max(...boxes.map((box) => box.y + box.height), TOP) + GAP + 24;
  const toOutside = map.networks.map((network) =>
    connect(find(links, network.outside), find(networks, network.name), network.state),
  );
  const toGuests = map.guests.flatMap((guest) =>
    guest.nics.map((nic) =>
      connect(
        find(networks, nic.network),
        find(guests, guest.name),
        nic.state === 'unknown' ? guest.state : nic.state,
      ),
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="DejaVu Sans, Arial, sans-serif" font-size="13">`,
    `<title>dom0 of site ${escapeXml(map.site)}: networks, guests and disks</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    label(24, 30, `dom0 of site ${map.site}`, COLOURS.ok, 'font-size="18" font-weight="bold"'),
    ...(['interfaces', 'networks', 'guests'] as const).map((name, index) =>
      label(Object.values(COLUMNS)[index]?.[0] ?? 0, 56, name, COLOURS.unknown, 'font-size="12"'),
    ),
    ...toOutside,
    ...toGuests,
    ...boxes.flatMap(drawBox),
    ...drawLegend(boxes, height),
    '</svg>',
    '',
  ].join('\n');
}

function listNetwork(network: MapNetwork): Pick<Box, 'key' | 'state' | 'lines'> {
  const device = network.mode === 'routed' ? `by ${network.device}` : `bridge ${network.device}`;
  const texts = [
    network.name,
    ...(network.mode === 'bridge' ? [] : [describeNetwork(network)]),
    device,
    ...(network.mode === 'routed' ? [] : network.addresses),
  ];
  return {
    key: network.name,
    state: network.state,
    lines: texts.map((text) => ({ text, state: network.state })),
  };
}

function listGuest(guest: MapGuest): Pick<Box, 'key' | 'state' | 'lines'> {
  const nics = guest.nics.flatMap((nic) => [
    {
      text: [`${nic.network}:`, ...nic.addresses, ...(nic.vif === undefined ? [] : [`(${nic.vif})`])].join(
        ' ',
      ),
      state: nic.state === 'unknown' ? guest.state : nic.state,
    },
    ...nic.forwards.map((forward) => ({ text: `    ${forward.text}`, state: forward.state })),
  ]);
  const disks = guest.disks.map((disk) => ({
    text: [
      `disk ${disk.name}`,
      ...(disk.sizeBytes === undefined ? [] : [formatSize(disk.sizeBytes)]),
      ...(disk.kept ? ['kept'] : []),
      ...(disk.device === undefined ? [] : [disk.device]),
    ].join(' '),
    state: disk.state,
  }));
  const head = [guest.name, describeGuest(guest)].map((text) => ({ text, state: guest.state }));
  return { key: guest.name, state: guest.state, lines: [...head, ...nics, ...disks] };
}

/** Boxes of one column, one below the other. */
function stack(column: keyof typeof COLUMNS, items: readonly Pick<Box, 'key' | 'state' | 'lines'>[]): Box[] {
  const [x, width] = COLUMNS[column];
  let y = TOP;
  return items.map((item) => {
    const height = item.lines.length * LINE + 2 * PADDING;
    const box = { ...item, x, y, width, height };
    y += height + GAP;
    return box;
  });
}

function find(boxes: readonly Box[], key: string | undefined): Box | undefined {
  return boxes.find((box) => box.key === key);
}

function connect(left: Box | undefined, right: Box | undefined, state: MapState): string {
  if (left === undefined || right === undefined) return '';
  const [x1, y1] = [left.x + left.width, left.y + PADDING + LINE];
  const [x2, y2] = [right.x, right.y + PADDING + LINE];
  const middle = (x1 + x2) / 2;
  const curve = `M ${x1} ${y1} C ${middle} ${y1}, ${middle} ${y2}, ${x2} ${y2}`;
  return `<path d="${curve}" fill="none" stroke="${COLOURS[state]}" stroke-width="2"${dash(state)}/>`;
}

function drawBox(box: Box): string[] {
  const frame = `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="6" fill="#f4f7f9" stroke="${COLOURS[box.state]}" stroke-width="1.5"${dash(box.state)}/>`;
  const room = Math.floor((box.width - 2 * PADDING) / 7.4);
  const texts = box.lines.map(({ text, state }, index) => {
    const y = box.y + PADDING + index * LINE + 13;
    return label(
      box.x + PADDING,
      y,
      cut(text, room),
      COLOURS[state],
      index === 0 ? 'font-weight="bold"' : '',
    );
  });
  return [frame, ...texts];
}

function drawLegend(boxes: readonly Box[], height: number): string[] {
  const states = new Set(boxes.flatMap((box) => [box.state, ...box.lines.map((line) => line.state)]));
  const words: string[] = [];
  if (states.has('missing'))
    words.push(label(24, height - 16, 'red: in the site, not on this machine', COLOURS.missing, ''));
  if (states.has('extra'))
    words.push(label(344, height - 16, 'amber: on this machine, not in the site', COLOURS.extra, ''));
  return words;
}

function dash(state: MapState): string {
  return state === 'missing' ? ' stroke-dasharray="6 4"' : '';
}

function label(x: number, y: number, text: string, colour: string, extra: string): string {
  return `<text x="${x}" y="${y}" fill="${colour}" xml:space="preserve"${extra === '' ? '' : ` ${extra}`}>${escapeXml(text)}</text>`;
}

function cut(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

/** Control characters have no spelling in XML 1.0. */
function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .replaceAll(/[\u0000-\u001f\u007f]/g, '?')
    .replaceAll(/[&<>"]/g, (character) => names[character] ?? '');
}
