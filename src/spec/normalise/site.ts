import { formatSubnet, parseCidr } from '../address.ts';
import type { NetworkAsWritten, SiteAsWritten } from '../schema.ts';
import { parseSize } from '../size.ts';
import type { CacheSpec, Dom0Spec, HostSpec, NetworkSpec, StorageSpec } from '../types.ts';

type HostAsWritten = NonNullable<SiteAsWritten['host']>;

export function normaliseHost(host: HostAsWritten): HostSpec {
  return {
    hypervisor: host.hypervisor ?? 'auto',
    storage: normaliseStorage(host.storage),
    cache: normaliseCache(host.cache),
    dom0: normaliseDom0(host.dom0 ?? {}),
    isos: host.isos ?? {},
    netboot: host.netboot ?? {},
    completeInitrd: host['complete-initrd'] ?? false,
    vault: host.vault,
  };
}

function normaliseStorage(storage: HostAsWritten['storage']): StorageSpec | undefined {
  if (storage?.files !== undefined) return { kind: 'files', directory: storage.files };
  if (storage?.lvm === undefined) return undefined;
  if (storage.thin !== undefined) return { kind: 'thin', volumeGroup: storage.lvm, pool: storage.thin };
  return { kind: 'lvm', volumeGroup: storage.lvm };
}

function normaliseCache(cache: HostAsWritten['cache']): CacheSpec {
  if (cache === undefined || cache === 'off') return { kind: 'off' };
  const address = cache['apt-cacher-ng'];
  const guests = cache.guests ?? 'remove';
  if (address !== undefined) return { kind: 'apt-cacher-ng', address, listen: cache.listen ?? [], guests };
  return cache.proxy === undefined ? { kind: 'off' } : { kind: 'proxy', url: cache.proxy, guests };
}

function normaliseDom0(dom0: NonNullable<HostAsWritten['dom0']>): Dom0Spec {
  return {
    memoryBytes: parseSize(dom0.memory ?? '2GiB') ?? 0,
    vcpus: dom0.vcpus,
    guestsAtShutdown: dom0['guests-at-shutdown'] ?? 'shutdown',
    guestConsoles: dom0['guest-consoles'] ?? true,
  };
}

export function normaliseNetworks(
  networks: Readonly<Record<string, NetworkAsWritten>>,
): Map<string, NetworkSpec> {
  const normalised = new Map<string, NetworkSpec>();
  for (const [name, network] of Object.entries(networks))
    normalised.set(name, { name, ...cleanSubnet(network) });
  return normalised;
}

function cleanSubnet(network: NetworkAsWritten): NetworkAsWritten {
  if (network.mode !== 'nat') return network;
  const subnet = parseCidr(network.subnet);
  return subnet === undefined ? network : { ...network, subnet: formatSubnet(subnet) };
}
