import {
  hostAddressOf,
  listForwards,
  listNatNetworks,
  requireSubnet,
} from '../../render/host-network/forwards.ts';
import { readsDirectory } from '../../render/host-network/ifupdown-edit.ts';
import { hostNetworkPaths } from '../../render/host-network/paths.ts';
import { listSysctls } from '../../render/host-network/sysctl.ts';
import { makeIssue } from '../../report/codes.ts';
import type { Issue } from '../../report/issue.ts';
import { formatSubnet, overlaps, parseCidr } from '../../spec/address.ts';
import type { NetworkRequest } from './network.ts';
import { listBridgeFiles, listWantedBridges } from './network-bridge.ts';
import { listFirewallFiles } from './network-firewall.ts';

/** Whether this machine can have the site's networks. An error forbids every change; a warning is shown with it. */
export function checkNetworks(request: NetworkRequest): Issue[] {
  return [
    ...checkInterfaces(request),
    ...checkSubnets(request),
    ...checkAddresses(request),
    ...checkFirewall(request),
    ...checkBridges(request),
    ...checkSource(request),
    ...checkBridgeFilter(request),
  ];
}

function checkInterfaces({ site, facts }: NetworkRequest): Issue[] {
  const known = new Set(facts.links.map((link) => link.name));
  const wanted = [...site.networks.values()].flatMap((network) => {
    const name = network.mode === 'nat' ? network.out : network.interface;
    return name === undefined ? [] : [{ name, network: network.name }];
  });
  const found = facts.links.filter((link) => link.name !== 'lo').map((link) => link.name);
  return wanted
    .filter(({ name }) => !known.has(name))
    .map(({ name, network }) => makeIssue('RL1301', { name, network, found: found.join(', ') }));
}

/** A private subnet must not be one that dom0 reaches by another interface. */
function checkSubnets({ site, facts }: NetworkRequest): Issue[] {
  return listNatNetworks(site.networks).flatMap((network) => {
    const subnet = requireSubnet(network);
    const others = [
      ...facts.addresses.map((each) => ({ link: each.link, text: `${each.address}/${each.prefix}` })),
      ...facts.routes.map((each) => ({ link: each.link ?? '', text: addPrefix(each.destination) })),
    ];
    const clash = others.find(({ link, text }) => {
      const other = parseCidr(text);
      return link !== network.bridge && other !== undefined && other.prefix > 0 && overlaps(subnet, other);
    });
    if (clash === undefined) return [];
    const parameters = {
      network: network.name,
      subnet: formatSubnet(subnet),
      other: clash.text,
      link: clash.link,
    };
    return [makeIssue('RL1302', parameters)];
  });
}

function addPrefix(destination: string): string {
  return destination.includes('/') ? destination : `${destination}/${destination.includes(':') ? 128 : 32}`;
}

function checkAddresses({ site, facts }: NetworkRequest): Issue[] {
  const forwards = [...site.guests.values()].flatMap((guest) => listForwards(guest, site.networks));
  const issues = forwards
    .filter((forward) => facts.takenAddresses.includes(forward.public))
    .map((forward) =>
      makeIssue('RL1303', { address: forward.public, guest: forward.guest, link: forward.out }),
    );
  const guests = [...site.guests.values()];
  const own = listNatNetworks(site.networks).flatMap((network) => {
    const address = hostAddressOf(network);
    const guest = guests.find((each) =>
      each.nics.some(
        (nic) =>
          nic.network === network.name &&
          nic.ipv4?.kind === 'static' &&
          nic.ipv4.address.startsWith(`${address}/`),
      ),
    );
    return guest === undefined
      ? []
      : [makeIssue('RL1304', { address, guest: guest.name, network: network.name })];
  });
  return [...new Map(issues.map((issue) => [issue.message, issue])).values(), ...own];
}

/** What the site needs of a firewall that somebody else manages, as text for its administrator. */
export function listAdvice({ site, facts, at }: NetworkRequest): string {
  const rules = listFirewallFiles(site, facts, at)
    .filter((file) => /\.(nft|rules)$/.test(file.path))
    .flatMap((file) => file.content ?? [])
    .filter((text) => text !== '');
  const settings = listSysctls(site.networks).map(([key, value]) => `${key} = ${value}\n`);
  return [...rules, '# sysctl\n', ...settings].join('');
}

function checkFirewall({ site, facts }: NetworkRequest): Issue[] {
  const networks = listNatNetworks(site.networks);
  if (networks.length === 0) return [];
  if (facts.firewallManager !== undefined) return [makeIssue('RL1305', { manager: facts.firewallManager })];
  return facts.droppingChains.map((chain) =>
    makeIssue('RL1307', {
      chain,
      rules: networks
        .map(
          (each) =>
            `nft insert rule ${chain} ip saddr ${each.subnet} accept; nft insert rule ${chain} ip daddr ${each.subnet} accept`,
        )
        .join('; '),
    }),
  );
}

/** The files of private bridges are read only when the main file says so. */
function checkSource({ site, facts, at }: NetworkRequest): Issue[] {
  if (facts.manager !== 'ifupdown' || listNatNetworks(site.networks).length === 0) return [];
  const path = `${at.etc}/network/interfaces`;
  return readsDirectory(facts.files.get(path) ?? '') ? [] : [makeIssue('RL1314', { path })];
}

function checkBridges(request: NetworkRequest): Issue[] {
  const { facts, at } = request;
  const [network] = listWantedBridges(request);
  const link = network?.interface;
  if (network === undefined || link === undefined || !facts.links.some((each) => each.name === link))
    return [];
  if (facts.changePending) return [makeIssue('RL1306', {})];
  if (facts.manager === 'NetworkManager' || facts.manager === 'unknown')
    return [makeIssue('RL1308', { manager: facts.manager, bridge: network.bridge, link })];
  const master = facts.links.find((each) => each.name === link)?.master;
  if (master !== undefined) return [makeIssue('RL1309', { link, master, bridge: network.bridge })];
  const files = listBridgeFiles(request, link, network.bridge);
  if (files.length === 0)
    return [
      makeIssue('RL1310', { link, directory: hostNetworkPaths.own(at).replace(/relight-host$/, 'network') }),
    ];
  return [];
}

/** The setting that {@link checkNetworks} wants to know besides those of the plan. */
export const BRIDGE_FILTER = 'net/bridge/bridge-nf-call-iptables';

function checkBridgeFilter({ site, facts }: NetworkRequest): Issue[] {
  const bridged = [...site.networks.values()].some((network) => network.mode !== 'routed');
  return bridged && facts.sysctls.get(BRIDGE_FILTER) === '1' ? [makeIssue('RL1313', {})] : [];
}
