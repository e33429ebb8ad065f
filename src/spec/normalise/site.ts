import { formatSubnet, parseCidr } from '../address.ts';
import type { NetworkAsWritten, SiteAsWritten } from '../schema.ts';
import type { CacheSpec, HostSpec, NetworkSpec, StorageSpec } from '../types.ts';

type HostAsWritten = NonNullable<SiteAsWritten['host']>;

export function normaliseHost(host: HostAsWritten): HostSpec {
  return {
    hypervisor: host.hypervisor ?? 'auto',
    storage: normaliseStorage(host.storage),
    cache: normaliseCache(host.cache),
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
  if (address !== undefined) return { kind: 'apt-cacher-ng', address };
  return cache.proxy === undefined ? { kind: 'off' } : { kind: 'proxy', url: cache.proxy };
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
