import { describeForward, type HostForward, listForwards } from '../../render/host-network/forwards.ts';
import { renderIptablesForwards } from '../../render/host-network/iptables.ts';
import { renderNftForwards } from '../../render/host-network/nftables.ts';
import { hostNetworkPaths } from '../../render/host-network/paths.ts';
import type { DiskSpec, GuestSpec, NicSpec, Site } from '../../spec/types.ts';
import type { MapDomain, MapReality } from './model.ts';
import type { MapDisk, MapForward, MapGuest, MapNic, MapState } from './types.ts';

const AT = { etc: '/etc' };

/** A guest of the site with what is found of it. */
export function drawGuest(guest: GuestSpec, site: Site, reality: MapReality): MapGuest {
  const domain = reality.domains?.find((each) => each.name === guest.name);
  return {
    name: guest.name,
    kind: guest.guest,
    memoryBytes: guest.memoryBytes,
    vcpus: guest.vcpus,
    running: reality.domains === undefined ? 'unknown' : domain === undefined ? 'stopped' : 'running',
    state: judgeGuest(guest, domain, reality),
    nics: guest.nics.map((nic) => drawNic(nic, guest, domain, site, reality)),
    disks: guest.disks.map((disk) => drawDisk(disk, guest, domain, reality)),
  };
}

/** A guest that nobody described: only what the hypervisor says. */
export function drawForeignGuest(domain: MapDomain, site: Site): MapGuest {
  const networkOf = (attached: string) =>
    [...site.networks.values()].find((each) =>
      each.mode === 'routed' ? each.interface === attached : each.bridge === attached,
    )?.name ?? attached;
  return {
    name: domain.name,
    kind: domain.type,
    memoryBytes: domain.memoryKiB === undefined ? undefined : domain.memoryKiB * 1024,
    vcpus: domain.vcpus,
    running: 'running',
    state: 'extra',
    nics: domain.nics.map(({ mac, attached }, index) => ({
      network: networkOf(attached),
      mac,
      addresses: [],
      vif: `vif${domain.id}.${index}`,
      state: 'extra' as const,
      forwards: [],
    })),
    disks: domain.disks.map((disk) => ({
      name: disk.device,
      sizeBytes: undefined,
      kept: false,
      device: disk.target,
      state: 'extra' as const,
    })),
  };
}

/** A guest without a volume of its own has never been built here. */
function judgeGuest(guest: GuestSpec, domain: MapDomain | undefined, { volumes }: MapReality): MapState {
  if (domain !== undefined) return 'ok';
  if (volumes === undefined) return 'unknown';
  return volumes.some((volume) => volume.guest === guest.name) ? 'ok' : 'missing';
}

function drawNic(
  nic: NicSpec,
  guest: GuestSpec,
  domain: MapDomain | undefined,
  site: Site,
  reality: MapReality,
): MapNic {
  const index = domain?.nics.findIndex((each) => each.mac.toLowerCase() === nic.mac) ?? -1;
  const fixed = nic.ipv4?.kind === 'static' ? nic.ipv4.address : nic.ipv4?.kind;
  const fixed6 = nic.ipv6?.kind === 'static' ? nic.ipv6.address : nic.ipv6?.kind;
  return {
    network: nic.network,
    mac: nic.mac,
    addresses: [fixed, fixed6].filter((text): text is NonNullable<typeof text> => text !== undefined),
    vif: index < 0 ? undefined : `vif${domain?.id}.${index}`,
    state: domain === undefined ? 'unknown' : index < 0 ? 'missing' : 'ok',
    forwards: drawForwards(nic, guest, site, reality),
  };
}

/** Whether the guest's file on dom0 has the very lines of a forward. @param files what lies at dom0's paths */
export function isForwardWritten(forward: HostForward, files: ReadonlyMap<string, string>): boolean {
  const kinds = [
    ['nft', renderNftForwards([forward])],
    ['rules', renderIptablesForwards([forward])],
  ] as const;
  return kinds.some(([kind, text]) => {
    const file = files.get(hostNetworkPaths.guest(AT, forward.guest, kind))?.split('\n');
    return (
      file !== undefined &&
      text
        .split('\n')
        .filter((line) => /^(add rule|-A) /.test(line))
        .every((line) => file.includes(line))
    );
  });
}

/** A forward is there when its lines are and the rules are loaded. */
function drawForwards(nic: NicSpec, guest: GuestSpec, site: Site, { network }: MapReality): MapForward[] {
  return listForwards({ ...guest, nics: [nic] }, site.networks).map((forward) => {
    if (network === undefined) return { text: describeForward(forward), state: 'unknown' };
    const isThere = isForwardWritten(forward, network.files) && network.rulesLoaded;
    return { text: describeForward(forward), state: isThere ? 'ok' : 'missing' };
  });
}

function drawDisk(
  disk: DiskSpec,
  guest: GuestSpec,
  domain: MapDomain | undefined,
  { volumes }: MapReality,
): MapDisk {
  const name = `${guest.name}-${disk.name}`;
  const own = volumes?.find(
    (volume) => volume.name === name || (volume.guest === guest.name && volume.name.startsWith(`${name}.`)),
  );
  const attached = domain?.disks.find(({ target }) => {
    const last = target.slice(target.lastIndexOf('/') + 1);
    return last === name || last.startsWith(`${name}.`);
  });
  const found = attached?.target ?? own?.name;
  return {
    name: disk.name,
    sizeBytes: disk.sizeBytes,
    kept: disk.keep,
    device: found,
    state: found !== undefined ? 'ok' : volumes === undefined ? 'unknown' : 'missing',
  };
}
