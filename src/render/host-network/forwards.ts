import { firstOf, formatIp, type IpNetwork, lastOf, parseCidr } from '../../spec/address.ts';
import type { GuestSpec, NetworkSpec } from '../../spec/types.ts';
import { requireAddress, stripPrefix } from '../address.ts';
import { refuse, requireInterface } from '../refuse.ts';

export type NatNetwork = Extract<NetworkSpec, { mode: 'nat' }>;

/** A public address of dom0, or one port of it, given to a guest. Without a port it is the whole address. */
export interface HostForward {
  readonly guest: string;
  readonly network: string;
  /** The interface to the outside, which holds the public address. */
  readonly out: string;
  readonly public: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number | undefined;
  readonly address: string;
  readonly guestPort: number | undefined;
}

/** The forwards of a guest in the order of its spec; whole addresses last, so that a single port wins. */
export function listForwards(guest: GuestSpec, networks: ReadonlyMap<string, NetworkSpec>): HostForward[] {
  const forwards = guest.nics.flatMap((nic) => {
    const network = networks.get(nic.network);
    if (network?.mode !== 'nat' || nic.ipv4?.kind !== 'static') return [];
    const address = requireAddress(4, stripPrefix(nic.ipv4.address));
    return nic.forward.map((forward) => ({
      guest: guest.name,
      network: network.name,
      out: requireInterface(network.out),
      public: requireAddress(4, forward.address),
      protocol: forward.protocol,
      port: requirePort(forward.port),
      address,
      guestPort: requirePort(forward.guestPort),
    }));
  });
  return [
    ...forwards.filter((one) => one.port !== undefined),
    ...forwards.filter((one) => one.port === undefined),
  ];
}

/** The nat networks of a site, in order. */
export function listNatNetworks(networks: ReadonlyMap<string, NetworkSpec>): NatNetwork[] {
  return [...networks.values()].filter((network): network is NatNetwork => network.mode === 'nat');
}

/** `203.0.113.10:443/tcp -> 10.9.0.10:443`, for people. */
export function describeForward(forward: HostForward): string {
  if (forward.port === undefined) return `${forward.public} -> ${forward.address}`;
  return `${forward.public}:${forward.port}/${forward.protocol} -> ${forward.address}:${forward.guestPort ?? forward.port}`;
}

/** The subnet of a nat network. @throws Failure RL0901 */
export function requireSubnet(network: NatNetwork): IpNetwork {
  const subnet = parseCidr(network.subnet);
  if (subnet?.family !== 4 || subnet.prefix > 30 || subnet.value !== firstOf(subnet))
    refuse('a subnet', network.subnet, 'an IPv4 subnet without host bits, at most a /30');
  return subnet;
}

/** dom0's own address on a nat network: the first of the subnet. */
export function hostAddressOf(network: NatNetwork): string {
  return formatIp({ family: 4, value: firstOf(requireSubnet(network)) + 1n });
}

/** The addresses that DHCP may give out: the upper half of the subnet, without the broadcast address. */
export function dynamicRangeOf(network: NatNetwork): { readonly first: string; readonly last: string } {
  const subnet = requireSubnet(network);
  const [low, high] = [firstOf(subnet), lastOf(subnet)];
  const first = low + (high - low + 1n) / 2n;
  return {
    first: formatIp({ family: 4, value: first }),
    last: formatIp({ family: 4, value: high - 1n }),
  };
}

function requirePort(port: number | undefined): number | undefined {
  if (port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65535)) return port;
  return refuse('a port', port, 'a whole number from 1 to 65535');
}
