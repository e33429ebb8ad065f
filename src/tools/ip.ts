/** iproute2: what the kernel knows about interfaces, addresses and routes (ip(8), -json). */

export const IP_LINKS_ARGV: readonly string[] = ['ip', '-json', '-details', 'link', 'show'];
export const IP_ADDRESSES_ARGV: readonly string[] = ['ip', '-json', 'address', 'show'];
export const IP_ROUTES_ARGV: readonly string[] = ['ip', '-json', 'route', 'show', 'table', 'main'];

/** An interface. `kind` is `bridge`, `veth`, `vlan` and so on; a Xen vif and a card have none. */
export interface LinkFact {
  readonly name: string;
  readonly kind: string | undefined;
  /** The bridge or bond that it is a port of. */
  readonly master: string | undefined;
  readonly mac: string | undefined;
  readonly up: boolean;
}

export interface AddressFact {
  readonly link: string;
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefix: number;
}

/** `destination` is `default` or a network; an address without a prefix is one host. */
export interface RouteFact {
  readonly destination: string;
  readonly link: string | undefined;
  readonly gateway: string | undefined;
}

type Row = Readonly<Record<string, unknown>>;

export function parseLinks(json: string): LinkFact[] {
  return readRows(json).map((row) => ({
    name: textOf(row.ifname) ?? '',
    kind: textOf((row.linkinfo as Row | undefined)?.info_kind),
    master: textOf(row.master),
    mac: textOf(row.address),
    up: Array.isArray(row.flags) && row.flags.includes('UP'),
  }));
}

/** All but link-local IPv6 addresses, which say nothing about a network. */
export function parseAddresses(json: string): AddressFact[] {
  return readRows(json).flatMap((row) => {
    const link = textOf(row.ifname) ?? '';
    const infos = Array.isArray(row.addr_info) ? (row.addr_info as Row[]) : [];
    return infos.flatMap((info): AddressFact[] => {
      const address = textOf(info.local);
      if (address === undefined || info.scope === 'link') return [];
      return [{ link, family: info.family === 'inet6' ? 6 : 4, address, prefix: Number(info.prefixlen) }];
    });
  });
}

export function parseRoutes(json: string): RouteFact[] {
  return readRows(json).map((row) => ({
    destination: textOf(row.dst) ?? '',
    link: textOf(row.dev),
    gateway: textOf(row.gateway),
  }));
}

/** ip prints nothing at all, or a list with empty objects, where there is nothing to print. */
function readRows(json: string): Row[] {
  try {
    const rows: unknown = JSON.parse(json);
    return Array.isArray(rows) ? (rows as Row[]).filter((row) => Object.keys(row).length > 0) : [];
  } catch {
    return [];
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
