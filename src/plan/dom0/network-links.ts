import {
  renderBridgeNetdev,
  renderNatInterfaces,
  renderNatNetwork,
} from '../../render/host-network/bridges.ts';
import { listNatNetworks, type NatNetwork } from '../../render/host-network/forwards.ts';
import { hostNetworkPaths } from '../../render/host-network/paths.ts';
import { listSysctls, renderSysctl } from '../../render/host-network/sysctl.ts';
import type { Action, Step } from '../types.ts';
import {
  type ChangeContext,
  changeFiles,
  listCreated,
  listDifferent,
  type WantedFile,
} from './change-files.ts';
import type { NetworkRequest } from './network.ts';

/** Seconds for ip, sysctl, nft and the like; bringing a bridge up may wait for other units. */
export const NETWORK_DEADLINE = 120;

/** A command as a step. */
export function runStep(argv: readonly string[], accept: readonly number[] = []): Step {
  return { do: 'run', argv, deadline: NETWORK_DEADLINE, ...(accept.length > 0 ? { accept } : {}) };
}

/** Forwarding and proxy ARP, now and at every boot. */
export function planSysctl({ site, facts, at }: NetworkRequest, context: ChangeContext): Action[] {
  const settings = listSysctls(site.networks);
  const path = hostNetworkPaths.sysctl(at);
  const content = settings.length === 0 ? undefined : renderSysctl(site.networks);
  const wanted: WantedFile[] = [{ path, content, mode: 0o644 }];
  const drifted = settings.filter(([key, value]) => facts.sysctls.get(key) !== value);
  if (listDifferent(wanted, facts.files).length === 0 && drifted.length === 0) return [];
  const { steps, undo } = changeFiles(wanted, context);
  // The value that the kernel had before: taking a file away does not take its effect away.
  const back = drifted.flatMap(([key]) => {
    const before = facts.sysctls.get(key);
    return before === undefined ? [] : [runStep(['sysctl', '-q', '-w', `${key}=${before}`])];
  });
  return [
    {
      id: 'network-sysctl',
      phase: 'write',
      title: `let dom0 pass packets on: ${settings.map(([key]) => key).join(', ') || 'no more'}`,
      creates: listCreated(wanted),
      destroys: [],
      probe: { kind: 'journal' },
      steps: [...steps, ...(content === undefined ? [] : [runStep(['sysctl', '-q', '-p', path])])],
      undo: [...undo, ...back],
    },
  ];
}

/** The private bridges of nat networks: no interface of dom0's is touched. */
export function planNatBridges(request: NetworkRequest, context: ChangeContext): Action[] {
  return listNatNetworks(request.site.networks).flatMap((network) =>
    planNatBridge(network, request, context),
  );
}

function planNatBridge(network: NatNetwork, { facts, at }: NetworkRequest, context: ChangeContext): Action[] {
  const { bridge } = network;
  const byNetworkd = facts.manager === 'networkd';
  const wanted: WantedFile[] = byNetworkd
    ? [
        {
          path: hostNetworkPaths.netdev(at, bridge),
          content: renderBridgeNetdev(bridge, undefined),
          mode: 0o644,
        },
        { path: hostNetworkPaths.network(at, bridge), content: renderNatNetwork(network), mode: 0o644 },
      ]
    : [
        {
          path: hostNetworkPaths.ifupdown(at, network.name),
          content: renderNatInterfaces(network),
          mode: 0o644,
        },
      ];
  const exists = facts.links.some((link) => link.name === bridge && link.kind === 'bridge');
  const different = listDifferent(wanted, facts.files);
  if (different.length === 0 && exists) return [];
  const { steps, undo } = changeFiles(wanted, context);
  const reload = runStep(['networkctl', 'reload']);
  const takeDown = exists
    ? []
    : byNetworkd
      ? [runStep(['ip', 'link', 'delete', bridge], [1])]
      : [runStep(['ifdown', '--force', bridge], [1]), runStep(['ip', 'link', 'delete', bridge], [1])];
  return [
    {
      id: `network-${network.name}`,
      phase: 'write',
      title: `make the private bridge ${bridge} of ${network.name}`,
      creates: listCreated(wanted),
      destroys: [],
      probe: { kind: 'journal' },
      steps: byNetworkd
        ? [...steps, reload, ...(exists ? [runStep(['networkctl', 'reconfigure', bridge])] : [])]
        : [...steps, runStep(['ifup', '--force', bridge])],
      undo: byNetworkd ? [...takeDown, ...undo, reload] : [...takeDown, ...undo],
    },
  ];
}
