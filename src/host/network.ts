import type { AddressFact, LinkFact, RouteFact } from '../tools/ip.ts';

/** Who configures dom0's interfaces. */
export type NetworkManager = 'ifupdown' | 'networkd' | 'NetworkManager' | 'unknown';
export type FirewallBackend = 'nftables' | 'iptables';
/** Programs that own the whole firewall: relight changes nothing beside them. */
export type FirewallManager = 'ufw' | 'firewalld' | 'shorewall';

/** Everything about dom0's network that a plan rests on. Collected by `src/run/probe-network.ts`. */
export interface HostNetworkFacts {
  readonly links: readonly LinkFact[];
  readonly addresses: readonly AddressFact[];
  readonly routes: readonly RouteFact[];
  readonly manager: NetworkManager;
  readonly firewall: FirewallBackend;
  readonly firewallManager: FirewallManager | undefined;
  /** Chains of other tables that drop what is forwarded, as `inet filter forward`. */
  readonly droppingChains: readonly string[];
  /** Whether relight's rules are in the kernel. */
  readonly rulesLoaded: boolean;
  /** Whether systemd runs this machine; a container or a test may have none. */
  readonly systemd: boolean;
  /** Which of relight's units are active. */
  readonly activeUnits: readonly string[];
  /** What lies now where relight writes or reads, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Kernel settings, keys with slashes. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** Addresses that another machine answers for. */
  readonly takenAddresses: readonly string[];
  /** A change of a bridge that waits for `relight dom0 confirm`. */
  readonly changePending: boolean;
}

/** Reads who owns the firewall. @param active units that are active @param ufw the text of /etc/ufw/ufw.conf */
export function nameFirewallManager(
  active: readonly string[],
  ufw: string | undefined,
): FirewallManager | undefined {
  // ufw's unit is active even while ufw is switched off.
  if (ufw !== undefined && /^ENABLED=yes$/m.test(ufw)) return 'ufw';
  if (active.includes('firewalld.service')) return 'firewalld';
  if (active.includes('shorewall.service')) return 'shorewall';
  return undefined;
}

/** Reads who configures the interfaces. @param interfaces the text of /etc/network/interfaces */
export function nameNetworkManager(
  active: readonly string[],
  interfaces: string | undefined,
): NetworkManager {
  if (active.includes('systemd-networkd.service')) return 'networkd';
  if (active.includes('NetworkManager.service')) return 'NetworkManager';
  return interfaces === undefined ? 'unknown' : 'ifupdown';
}
