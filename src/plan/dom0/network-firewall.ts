import type { FirewallBackend, HostNetworkFacts } from '../../host/network.ts';
import { renderDnsmasq } from '../../render/host-network/dnsmasq.ts';
import { listForwards, listNatNetworks } from '../../render/host-network/forwards.ts';
import {
  IPTABLES_JUMPS,
  renderIptables,
  renderIptablesForwards,
} from '../../render/host-network/iptables.ts';
import loadScript from '../../render/host-network/load-networks.sh';
import { renderNftables, renderNftForwards } from '../../render/host-network/nftables.ts';
import { type HostDirectories, hostNetworkPaths } from '../../render/host-network/paths.ts';
import {
  readPublicAddresses,
  renderDnsmasqUnit,
  renderNetworksUnit,
  renderPublicAddresses,
} from '../../render/host-network/services.ts';
import type { GuestSpec, Site } from '../../spec/types.ts';
import { buildDnsmasqTestArgv } from '../../tools/dnsmasq.ts';
import { NFT_DELETE_ARGV } from '../../tools/nft.ts';
import type { Action, Step } from '../types.ts';
import {
  type ChangeContext,
  changeFiles,
  listCreated,
  listDifferent,
  type WantedFile,
} from './change-files.ts';
import type { NetworkRequest } from './network.ts';
import { runStep } from './network-links.ts';

/** DHCP and DNS for guests on nat networks. */
export function planDnsmasq({ site, facts, at }: NetworkRequest, context: ChangeContext): Action[] {
  const networks = listNatNetworks(site.networks);
  const config = hostNetworkPaths.dnsmasq(at);
  const wants = networks.length > 0;
  const wanted: WantedFile[] = [
    {
      path: config,
      content: wants ? renderDnsmasq(networks, [...site.guests.values()]) : undefined,
      mode: 0o644,
    },
    {
      path: hostNetworkPaths.dnsmasqUnit(at),
      content: wants ? renderDnsmasqUnit(at) : undefined,
      mode: 0o644,
    },
  ];
  const unit = 'relight-dnsmasq.service';
  const runs = facts.activeUnits.includes(unit);
  if (listDifferent(wanted, facts.files).length === 0 && (!facts.systemd || runs === wants)) return [];
  const { steps, undo } = changeFiles(wanted, context);
  return [
    {
      id: 'network-dnsmasq',
      phase: 'write',
      title: wants
        ? 'give out addresses and names on the nat networks (dnsmasq)'
        : 'end the dnsmasq of nat networks',
      creates: listCreated(wanted),
      destroys: [],
      probe: { kind: 'journal' },
      steps: [
        ...(wants ? [] : systemctl(facts, ['disable', '--now', unit])),
        ...steps,
        ...(wants ? [runStep(buildDnsmasqTestArgv(config))] : []),
        ...systemctl(facts, ['daemon-reload']),
        ...(wants ? [...systemctl(facts, ['enable', unit]), ...systemctl(facts, ['restart', unit])] : []),
      ],
      undo: [
        ...(runs ? [] : systemctl(facts, ['disable', '--now', unit], [1, 5])),
        ...undo,
        ...systemctl(facts, ['daemon-reload']),
        ...(runs ? systemctl(facts, ['restart', unit]) : []),
      ],
    },
  ];
}

/** Masquerading and forwards of the whole site; files of guests that are gone from the site are taken away. */
export function planFirewall({ site, facts, at }: NetworkRequest, context: ChangeContext): Action[] {
  const wants = listNatNetworks(site.networks).length > 0;
  const wanted = listFirewallFiles(site, facts, at);
  const loaded = facts.rulesLoaded === wants;
  const held = listMissingAddresses(site, facts).length === 0;
  if (listDifferent(wanted, facts.files).length === 0 && loaded && held) return [];
  const { steps, undo } = changeFiles(wanted, context);
  const unit = 'relight-networks.service';
  const load = runStep([hostNetworkPaths.load(at)]);
  const { gained, lost } = compareAddresses(wanted, facts);
  const drop = (each: PublicAddress) =>
    runStep(['ip', 'address', 'delete', `${each.address}/32`, 'dev', each.link], [2]);
  const unload = wants && facts.rulesLoaded ? [] : listUnload(facts.firewall);
  return [
    {
      id: 'network-firewall',
      phase: 'write',
      title: wants
        ? `masquerade and forward for the nat networks (${facts.firewall})`
        : 'take the forwarding rules away',
      creates: listCreated(wanted),
      destroys: [],
      probe: { kind: 'journal' },
      steps: wants
        ? [
            { do: 'make-directory', path: hostNetworkPaths.guests(at), mode: 0o755 },
            ...steps,
            ...lost.map(drop),
            load,
            ...systemctl(facts, ['daemon-reload']),
            ...systemctl(facts, ['enable', unit]),
            ...systemctl(facts, ['start', unit]),
          ]
        : [...systemctl(facts, ['disable', '--now', unit], [1, 5]), ...steps, ...lost.map(drop), ...unload],
      undo: [
        ...(facts.activeUnits.includes(unit) ? [] : systemctl(facts, ['disable', '--now', unit], [1, 5])),
        ...unload,
        ...undo,
        ...gained.map(drop),
        ...(facts.rulesLoaded ? [load] : []),
        ...systemctl(facts, ['daemon-reload']),
      ],
    },
  ];
}

/** Every file of the firewall, those that must go included. */
export function listFirewallFiles(site: Site, facts: HostNetworkFacts, at: HostDirectories): WantedFile[] {
  const networks = listNatNetworks(site.networks);
  const wants = networks.length > 0;
  const byNft = facts.firewall === 'nftables';
  const files: WantedFile[] = [
    {
      path: hostNetworkPaths.nftables(at),
      content: wants && byNft ? renderNftables(networks, at) : undefined,
      mode: 0o644,
    },
    {
      path: hostNetworkPaths.iptables(at),
      content: wants && !byNft ? renderIptables(networks) : undefined,
      mode: 0o644,
    },
    { path: hostNetworkPaths.load(at), content: wants ? loadScript : undefined, mode: 0o755 },
    {
      path: hostNetworkPaths.networkUnit(at),
      content: wants ? renderNetworksUnit(at) : undefined,
      mode: 0o644,
    },
    ...[...site.guests.values()].flatMap((guest) => listGuestFiles(guest, site, facts, at)),
  ];
  const known = new Set(files.map((file) => file.path));
  const stale = [...facts.files.keys()].filter(
    (path) => path.startsWith(`${hostNetworkPaths.guests(at)}/`) && !known.has(path),
  );
  return [...files, ...stale.map((path) => ({ path, content: undefined, mode: 0o644 }))];
}

/** The files of one guest's forwards; without any, they must not be there. */
export function listGuestFiles(
  guest: GuestSpec,
  site: Site,
  facts: { readonly firewall: FirewallBackend; readonly addresses: HostNetworkFacts['addresses'] },
  at: HostDirectories,
): WantedFile[] {
  const forwards = listForwards(guest, site.networks);
  const has = forwards.length > 0;
  const byNft = facts.firewall === 'nftables';
  // A /32 may be relight's own; with another prefix the address is dom0's by its administrator's will.
  const held = facts.addresses.filter((each) => each.prefix < 32).map((each) => each.address);
  const path = (kind: 'nft' | 'rules' | 'ip') => hostNetworkPaths.guest(at, guest.name, kind);
  return [
    { path: path('ip'), content: has ? renderPublicAddresses(forwards, held) : undefined, mode: 0o644 },
    { path: path('nft'), content: has && byNft ? renderNftForwards(forwards) : undefined, mode: 0o644 },
    {
      path: path('rules'),
      content: has && !byNft ? renderIptablesForwards(forwards) : undefined,
      mode: 0o644,
    },
  ];
}

/** Forwarded addresses that dom0 does not have on any interface. */
export function listMissingAddresses(site: Site, facts: Pick<HostNetworkFacts, 'addresses'>): string[] {
  const wanted = [...site.guests.values()].flatMap((guest) => listForwards(guest, site.networks));
  const held = new Set(facts.addresses.map((each) => each.address));
  return [...new Set(wanted.map((forward) => forward.public))].filter((address) => !held.has(address));
}

interface PublicAddress {
  readonly link: string;
  readonly address: string;
}

/** The addresses that dom0 holds for guests, out of the files for `ip -batch`: what comes and what goes. */
function compareAddresses(
  wanted: readonly WantedFile[],
  facts: HostNetworkFacts,
): { readonly gained: PublicAddress[]; readonly lost: PublicAddress[] } {
  const batches = wanted.filter((file) => file.path.endsWith('.ip'));
  const before = batches.flatMap((file) => readPublicAddresses(facts.files.get(file.path) ?? ''));
  const after = batches.flatMap((file) => readPublicAddresses(file.content ?? ''));
  const isIn = (list: readonly PublicAddress[]) => (one: PublicAddress) =>
    list.some((each) => each.address === one.address && each.link === one.link);
  const held = facts.addresses.map(({ link, address }) => ({ link, address }));
  return {
    gained: after.filter((one) => !isIn(held)(one)),
    lost: before.filter((one) => !isIn(after)(one)),
  };
}

function listUnload(firewall: FirewallBackend): Step[] {
  if (firewall === 'nftables') return [runStep(NFT_DELETE_ARGV, [1])];
  // A chain that something jumps to cannot be deleted: first the jumps, then the contents, then the chains.
  const chains = [
    ['nat', 'RELIGHT-DNAT'],
    ['nat', 'RELIGHT-SNAT'],
    ['nat', 'RELIGHT-GUESTS'],
    ['filter', 'RELIGHT-FORWARD'],
  ];
  const words = [
    ...IPTABLES_JUMPS.map(([table, builtIn, own]) => [table, '-D', builtIn, '-j', own]),
    ...chains.map(([table, own]) => [table, '-F', own]),
    ...chains.map(([table, own]) => [table, '-X', own]),
  ];
  return words.map((each) => runStep(['iptables', '-w', '-t', ...each.map(String)], [1, 2]));
}

function systemctl(
  facts: HostNetworkFacts,
  words: readonly string[],
  accept: readonly number[] = [],
): Step[] {
  return facts.systemd ? [runStep(['systemctl', ...words], accept)] : [];
}
