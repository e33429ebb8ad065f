import type { HostNetworkFacts } from '../../host/network.ts';
import { listNatNetworks } from '../../render/host-network/forwards.ts';
import type { HostDirectories } from '../../render/host-network/paths.ts';
import type { Issue } from '../../report/issue.ts';
import type { Site } from '../../spec/types.ts';
import type { Action } from '../types.ts';
import type { ChangeContext } from './change-files.ts';
import { planBridges } from './network-bridge.ts';
import { checkNetworks } from './network-check.ts';
import { planDnsmasq, planFirewall } from './network-firewall.ts';
import { planNatBridges, planSysctl } from './network-links.ts';

/** What a plan for dom0's networks is made of. */
export interface NetworkRequest {
  readonly site: Site;
  readonly facts: HostNetworkFacts;
  readonly at: HostDirectories;
  /** Where copies of replaced files go: a directory of this operation. */
  readonly keep: string;
  /** Where a bridge's change is prepared and waits for its confirmation, such as /var/lib/relight/host/network-change. */
  readonly change: string;
  /** Seconds until a change that nobody confirms is taken back. */
  readonly confirmSeconds: number;
}

export interface NetworkPlan {
  /** Only what is not yet as wanted: none means that the networks are set up. */
  readonly actions: readonly Action[];
  /** With an error among them nothing may be changed. */
  readonly issues: readonly Issue[];
}

/** Plans what makes this machine's networks those of the site. Pure. */
export function planNetworks(request: NetworkRequest): NetworkPlan {
  const issues = checkNetworks(request);
  if (issues.some((issue) => issue.severity === 'error')) return { actions: [], issues };
  const context: ChangeContext = { files: request.facts.files, keep: request.keep };
  const actions = [
    ...planSysctl(request, context),
    ...planNatBridges(request, context),
    ...planDnsmasq(request, context),
    ...planFirewall(request, context),
    // Last: it may cut the connection that this runs on.
    ...planBridges(request, context),
  ];
  return { actions, issues };
}

/** The Debian packages that the site's networks need on dom0. */
export function listNetworkPackages(
  site: Site,
  facts: Pick<HostNetworkFacts, 'manager' | 'firewall'>,
): string[] {
  const networks = [...site.networks.values()];
  const nat = listNatNetworks(site.networks);
  const bridges =
    nat.length > 0 ||
    networks.some((network) => network.mode === 'bridge' && network.interface !== undefined);
  return [
    ...(nat.length > 0 ? [facts.firewall, 'dnsmasq-base', 'iputils-arping'] : []),
    ...(bridges && facts.manager === 'ifupdown' ? ['bridge-utils'] : []),
    // Xen's own script for such a vif calls ifconfig, and no package of Xen's asks for it.
    ...(networks.some((network) => network.mode === 'routed') ? ['net-tools'] : []),
  ];
}
