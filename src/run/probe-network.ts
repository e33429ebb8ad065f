import type { GuestNetworkFacts, HostPaths } from '../host/facts.ts';
import {
  type FirewallBackend,
  type HostNetworkFacts,
  nameFirewallManager,
  nameNetworkManager,
} from '../host/network.ts';
import { statePaths } from '../host/paths.ts';
import { BRIDGE_FILTER } from '../plan/dom0/network-check.ts';
import { listForwards } from '../render/host-network/forwards.ts';
import { type HostDirectories, hostNetworkPaths } from '../render/host-network/paths.ts';
import { listSysctls } from '../render/host-network/sysctl.ts';
import type { Site } from '../spec/types.ts';
import { buildArpingArgv } from '../tools/arping.ts';
import {
  IP_ADDRESSES_ARGV,
  IP_LINKS_ARGV,
  IP_ROUTES_ARGV,
  parseAddresses,
  parseLinks,
  parseRoutes,
} from '../tools/ip.ts';
import { hasOwnChains, IPTABLES_SAVE_ARGV, listForeignRules } from '../tools/iptables.ts';
import { NFT_CHAINS_ARGV, type NftChain, parseNftChains } from '../tools/nft.ts';
import { listDirectory } from './directory.ts';
import { pathExists, readTextFile, statPath } from './files.ts';
import type { Runner } from './runner.ts';

const DEADLINE = 30;
const UNITS = [
  'systemd-networkd.service',
  'NetworkManager.service',
  'firewalld.service',
  'shorewall.service',
  'relight-networks.service',
  'relight-dnsmasq.service',
];

export interface NetworkProbe {
  readonly runner: Runner;
  readonly at: HostDirectories;
  /** Where a change of a bridge waits for its confirmation. */
  readonly change: string;
  /** Kernel settings to read, keys with slashes. */
  readonly sysctls: readonly string[];
  /** Public addresses that dom0 is to hold: the interface and the address. */
  readonly addresses: readonly { readonly link: string; readonly address: string }[];
}

/** Looks at this machine's networks. Reads only; asks the network who has the addresses that dom0 does not hold yet. */
export async function probeNetwork(probe: NetworkProbe): Promise<HostNetworkFacts> {
  const { runner, at } = probe;
  const ask = async (argv: readonly string[]) => {
    const result = await runner.run({ argv, deadlineSeconds: DEADLINE });
    return result.failed ? '' : result.stdout;
  };
  const links = parseLinks(await ask(IP_LINKS_ARGV));
  const addresses = parseAddresses(await ask(IP_ADDRESSES_ARGV));
  const routes = parseRoutes(await ask(IP_ROUTES_ARGV));
  const chains = parseNftChains(await ask(NFT_CHAINS_ARGV));
  const saved = await ask(IPTABLES_SAVE_ARGV);
  const systemd = pathExists('/run/systemd/system');
  const activeUnits = systemd ? await listActiveUnits(runner) : [];
  const files = readFiles(at);
  const firewall = chooseFirewall(files, saved, at);
  return {
    links,
    addresses,
    routes,
    manager: nameNetworkManager(activeUnits, files.get(`${at.etc}/network/interfaces`)),
    firewall,
    firewallManager: nameFirewallManager(activeUnits, files.get(`${at.etc}/ufw/ufw.conf`)),
    droppingChains: firewall === 'nftables' ? listDropping(chains) : [],
    rulesLoaded:
      firewall === 'nftables' ? chains.some((chain) => chain.table === 'relight') : hasOwnChains(saved),
    systemd,
    activeUnits,
    files,
    sysctls: await readSysctls(probe),
    takenAddresses: await listTaken(probe, new Set(addresses.map((each) => each.address))),
    changePending: isPending(probe.change),
  };
}

/** {@link probeNetwork} with everything that a site wants to know of this machine. */
export function probeSiteNetwork(site: Site, paths: HostPaths, runner: Runner): Promise<HostNetworkFacts> {
  const forwards = [...site.guests.values()].flatMap((guest) => listForwards(guest, site.networks));
  return probeNetwork({
    runner,
    at: { etc: '/etc' },
    change: statePaths.networkChange(paths),
    sysctls: [BRIDGE_FILTER, ...listSysctls(site.networks).map(([key]) => key)],
    addresses: forwards.map((forward) => ({ link: forward.out, address: forward.public })),
  });
}

/** What a rebuild needs to know for the guest's forwards; undefined where relight did not set the networks up. */
export async function probeForwards(runner: Runner): Promise<GuestNetworkFacts | undefined> {
  const at = { etc: '/etc' };
  if (!pathExists(hostNetworkPaths.load(at))) return undefined;
  const result = await runner.run({ argv: IP_ADDRESSES_ARGV, deadlineSeconds: DEADLINE });
  const files = readFiles(at);
  const firewall = chooseFirewall(files, '', at);
  return { firewall, addresses: parseAddresses(result.failed ? '' : result.stdout), files };
}

/** The files of guests' forwards on this dom0. */
export function readForwardFiles(): ReadonlyMap<string, string> {
  return readFiles({ etc: '/etc' });
}

/** A change that has begun and that nobody has decided upon. */
export function isPending(change: string): boolean {
  return (
    pathExists(`${change}/started`) && !pathExists(`${change}/decision`) && !pathExists(`${change}/ended`)
  );
}

async function listActiveUnits(runner: Runner): Promise<string[]> {
  const result = await runner.run({
    argv: ['systemctl', 'is-active', ...UNITS],
    deadlineSeconds: DEADLINE,
    accept: [1, 2, 3, 4],
  });
  const states = result.stdout.split('\n');
  return UNITS.filter((_, index) => states[index]?.trim() === 'active');
}

/** iptables where its rules are in use or are loaded at boot; a choice once made stays. */
function chooseFirewall(
  files: ReadonlyMap<string, string>,
  saved: string,
  at: HostDirectories,
): FirewallBackend {
  if (files.has(hostNetworkPaths.nftables(at))) return 'nftables';
  if (files.has(hostNetworkPaths.iptables(at))) return 'iptables';
  return listForeignRules(saved).length > 0 || files.has(`${at.etc}/iptables/rules.v4`)
    ? 'iptables'
    : 'nftables';
}

function listDropping(chains: readonly NftChain[]): string[] {
  return chains
    .filter((chain) => chain.hook === 'forward' && chain.policy === 'drop' && chain.table !== 'relight')
    .map((chain) => `${chain.family} ${chain.table} ${chain.name}`);
}

async function listTaken({ runner, addresses }: NetworkProbe, held: ReadonlySet<string>): Promise<string[]> {
  const taken: string[] = [];
  for (const { link, address } of addresses) {
    if (held.has(address) || taken.includes(address)) continue;
    const result = await runner.run({ argv: buildArpingArgv(link, address), deadlineSeconds: DEADLINE });
    // Only its word that somebody answered counts: without arping, or without the link, nothing is known.
    if (result.status === 1 && !/[Ee]rror|not exist|[Uu]nknown|invalid/.test(result.stderr))
      taken.push(address);
  }
  return taken;
}

/** Asked of sysctl(8), not read here: each network namespace has its own. */
async function readSysctls({ runner, sysctls }: NetworkProbe): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const key of sysctls) {
    const result = await runner.run({ argv: ['sysctl', '-n', key], deadlineSeconds: DEADLINE });
    if (!result.failed) found.set(key, result.stdout.trim());
  }
  return found;
}

/** What lies where relight writes, and the interfaces' configuration. */
function readFiles(at: HostDirectories): Map<string, string> {
  const single = [
    `${at.etc}/network/interfaces`,
    `${at.etc}/ufw/ufw.conf`,
    `${at.etc}/iptables/rules.v4`,
    hostNetworkPaths.sysctl(at),
    hostNetworkPaths.networkUnit(at),
    hostNetworkPaths.dnsmasqUnit(at),
  ];
  const directories = [
    `${at.etc}/network/interfaces.d`,
    `${at.etc}/systemd/network`,
    hostNetworkPaths.own(at),
    hostNetworkPaths.guests(at),
  ];
  const listed = directories.flatMap((directory) =>
    listDirectory(directory).map((name) => `${directory}/${name}`),
  );
  const texts = [...single, ...listed].filter((path) => isReadable(path));
  return new Map(texts.map((path) => [path, readTextFile(path)]));
}

function isReadable(path: string): boolean {
  return statPath(path)?.isFile() === true;
}
