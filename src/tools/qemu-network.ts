import type { NicSpec } from '../spec/types.ts';

/** A nic on QEMU's user network (slirp), which plays the guest's own subnet, gateway and name server. */
export interface QemuNetwork {
  readonly mac: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly dns: string | undefined;
  readonly dhcpStart: string;
  readonly forwards: readonly PortForward[];
}

export interface PortForward {
  readonly address: string;
  readonly guestPort: number;
  readonly hostPort: number;
}

/** slirp needs room for gateway, name server and DHCP; smaller subnets are played by the /24 around the address. */
const SMALLEST_PREFIX = 28;

/**
 * Plays the network of a nic. The first nic with an IPv4 address gets the forwarded ports.
 * `ports` maps TCP ports of the guest to free ports of 127.0.0.1.
 */
export function playNetworks(nics: readonly NicSpec[], ports: ReadonlyMap<number, number>): QemuNetwork[] {
  const first = nics.findIndex((nic) => nic.ipv4 !== undefined);
  return nics.map((nic, index) => playNetwork(nic, index, index === first ? ports : new Map()));
}

function playNetwork(nic: NicSpec, index: number, ports: ReadonlyMap<number, number>): QemuNetwork {
  if (nic.ipv4?.kind !== 'static') {
    const base = `10.${2 + index}.2`;
    const address = `${base}.15`;
    return {
      mac: nic.mac,
      subnet: `${base}.0/24`,
      gateway: `${base}.2`,
      dns: undefined,
      dhcpStart: address,
      forwards: listForwards(address, ports),
    };
  }
  const [address = '', length = '24'] = nic.ipv4.address.split('/');
  const prefix = Number(length) > SMALLEST_PREFIX ? 24 : Number(length);
  const own = toNumber(address);
  const mask = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  const network = (own & mask) >>> 0;
  const isInside = (value: number) => (value & mask) >>> 0 === network;
  const used = new Set([own]);
  const take = (wanted: string | undefined): number => {
    if (wanted !== undefined && isInside(toNumber(wanted)) && !used.has(toNumber(wanted))) {
      used.add(toNumber(wanted));
      return toNumber(wanted);
    }
    for (let candidate = network + 1; ; candidate += 1) {
      if (used.has(candidate)) continue;
      used.add(candidate);
      return candidate;
    }
  };
  const gateway = take(nic.gateway);
  const dns = take(nic.dns.find((server) => /^[0-9.]+$/.test(server)));
  return {
    mac: nic.mac,
    subnet: `${toText(network)}/${prefix}`,
    gateway: toText(gateway),
    dns: toText(dns),
    dhcpStart: toText(take(undefined)),
    forwards: listForwards(address, ports),
  };
}

function listForwards(address: string, ports: ReadonlyMap<number, number>): PortForward[] {
  return [...ports].map(([guestPort, hostPort]) => ({ address, guestPort, hostPort }));
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
