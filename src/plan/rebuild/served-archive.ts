import type { NetworkSpec, NicSpec } from '../../spec/types.ts';
import type { AddressFact } from '../../tools/ip.ts';
import { playNetworks } from '../../tools/qemu-network.ts';

/**
 * The part of Debian's archive that this machine serves out of the vault while the Debian installer runs, by HTTP and to
 * the guest's network alone.
 */
export interface ServedArchive {
  /** As the installer reaches it, without a slash at its end. */
  readonly url: string;
  /** Where this machine listens. */
  readonly address: string;
  readonly port: number;
  /** The only address that is answered, where the guest's is known. */
  readonly client?: string;
  /** The vault's directory, and when it was filled for the guest: the very files that the plan rests on. */
  readonly vault: string;
  readonly filled: string;
}

/** Where the server listens, and by which address the guest reaches it. */
export interface ServingPlace {
  readonly listen: string;
  readonly reached: string;
  /** The guest's own address, where it is known. */
  readonly client?: string;
}

/** Why there is none, and what to do. */
export interface NoServingPlace {
  readonly problem: string;
  readonly fix: string;
}

export interface ServingRequest {
  readonly hypervisor: 'xl' | 'qemu';
  readonly nics: readonly NicSpec[];
  readonly networks: ReadonlyMap<string, NetworkSpec>;
  /** Of this machine. */
  readonly addresses: readonly AddressFact[];
}

/**
 * Finds an address of this machine that the installer reaches with no other machine between: in QEMU the user network's
 * gateway, which is 127.0.0.1 here; under Xen dom0's own on the guest's network, of the guest's subnet.
 */
export function findServingPlace(request: ServingRequest): ServingPlace | NoServingPlace {
  const { hypervisor, nics, networks, addresses } = request;
  // The nic that the installer configures: see `listNetworkAnswers`.
  const index = nics.findIndex((each) => each.ipv4 !== undefined || each.ipv6 !== undefined);
  const nic = nics[index];
  if (nic?.ipv4 === undefined) {
    const problem = 'its first nic with an address has no IPv4 address, and the vault is served by IPv4';
    return { problem, fix: 'give that nic an IPv4 address, or give --route bootstrap' };
  }
  if (hypervisor === 'qemu') {
    const reached = playNetworks(nics, new Map())[index]?.gateway ?? '';
    if (isOnLink(nic, reached) || nic.gateway === reached) return { listen: '127.0.0.1', reached };
    const problem = `QEMU's network has its gateway at ${reached}, outside the guest's subnet`;
    return { problem, fix: 'give the nic a larger subnet, or give --route bootstrap' };
  }
  const network = networks.get(nic.network);
  const link = network?.mode === 'routed' ? network.interface : network?.bridge;
  const own = addresses.filter((each) => each.family === 4 && each.link === link);
  // A routed guest's packets come to dom0 whatever they are for.
  const found = network?.mode === 'routed' ? own[0] : own.find(({ address }) => isOnLink(nic, address));
  if (found !== undefined) {
    const client = nic.ipv4.kind === 'static' ? { client: nic.ipv4.address.replace(/\/.*/, '') } : {};
    return { listen: found.address, reached: found.address, ...client };
  }
  const subnet = nic.ipv4.kind === 'static' ? ` in the subnet of ${nic.ipv4.address}` : '';
  return {
    problem: `this machine has no IPv4 address${subnet} on ${link ?? nic.network}, and so none that the guest reaches`,
    fix: `give ${link ?? 'the bridge'} one (ip address add ADDRESS/PREFIX dev ${link ?? 'BRIDGE'}), or give --route bootstrap`,
  };
}

/** Whether a nic reaches an IPv4 address without a router. By DHCP it has an address of the network it is on. */
function isOnLink({ ipv4 }: NicSpec, address: string): boolean {
  if (ipv4?.kind !== 'static') return true;
  const [own = '', length = '32'] = ipv4.address.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(toNumber(own) / size) === Math.floor(toNumber(address) / size);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
