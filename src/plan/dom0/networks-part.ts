import type { HostNetworkFacts } from '../../host/network.ts';
import { DOM0, statePaths } from '../../host/paths.ts';
import type { NetworkSpec } from '../../spec/types.ts';
import type { Action } from '../types.ts';
import { formatDiff } from './diff.ts';
import { listNetworkPackages, type NetworkRequest, planNetworks } from './network.ts';
import { listBridgeFiles, listWantedBridges, nameBridgeAction } from './network-bridge.ts';
import { listAdvice } from './network-check.ts';
import { planInstall } from './packages.ts';
import type { Dom0Item, Dom0Part, Dom0Request } from './types.ts';

/** Seconds that an administrator has to confirm a change of the interface that the connection may run over. */
export const CONFIRM_SECONDS = 120;

/** The networks of the site on this machine, all but the bridges over an interface. */
export const planDom0Networks: Dom0Part = (request) => {
  const { site, facts } = request;
  if (site.networks.size === 0 || facts.network === undefined) return [];
  const packages = listNetworkPackages(site, facts.network);
  const asked = makeNetworkRequest(request, facts.network);
  const { actions, issues } = planNetworks(asked);
  return [
    ...(packages.length === 0
      ? []
      : [planInstall(request, 'network', 'network-packages', 'what the networks need', packages)]),
    ...issues.map(
      (issue): Dom0Item => ({
        id: `network-${issue.code}`,
        area: 'network',
        title: issue.severity === 'error' ? 'networks of the site' : 'seen on the network',
        state: issue.severity === 'error' ? 'refused' : 'note',
        detail: issue.message,
        issue,
        ...(issue.code === 'RL1305' ? { diff: listAdvice(asked) } : {}),
      }),
    ),
    ...actions
      .filter((action) => !isBridgeAction(action, asked))
      .map((action): Dom0Item => describeAction(action, asked)),
    ...(actions.length === 0 && issues.every((issue) => issue.severity !== 'error')
      ? [...site.networks.values()].map(describeNetwork)
      : []),
  ];
};

/** Bridges over an interface. Last of all parts: one may cut the connection for a moment. */
export const planDom0Bridges: Dom0Part = (request) => {
  const { network } = request.facts;
  if (network === undefined) return [];
  const asked = makeNetworkRequest(request, network);
  return planNetworks(asked)
    .actions.filter((action) => isBridgeAction(action, asked))
    .map((action) => describeAction(action, asked));
};

function makeNetworkRequest(
  { site, facts, operation }: Dom0Request,
  network: HostNetworkFacts,
): NetworkRequest {
  return {
    site,
    facts: network,
    at: { etc: '/etc' },
    keep: `${statePaths.operation(facts.paths, DOM0, operation)}/kept-network`,
    change: statePaths.networkChange(facts.paths),
    confirmSeconds: CONFIRM_SECONDS,
  };
}

function isBridgeAction(action: Action, request: NetworkRequest): boolean {
  return listWantedBridges(request).some((bridge) => action.id === nameBridgeAction(bridge));
}

function describeAction(action: Action, request: NetworkRequest): Dom0Item {
  const [bridge] = listWantedBridges(request);
  const files =
    bridge !== undefined && isBridgeAction(action, request)
      ? listBridgeFiles(request, bridge.interface ?? '', bridge.bridge)
      : action.steps.flatMap((step) =>
          step.do === 'write-file' && typeof step.content === 'string'
            ? [{ path: step.path, content: step.content }]
            : [],
        );
  const diff = files
    .map(({ path, content }) => formatDiff(path, request.facts.files.get(path), content ?? ''))
    .join('');
  return {
    id: action.id,
    area: 'network',
    title: action.title,
    state: 'todo',
    detail: files.map((file) => file.path).join(', '),
    ...(diff === '' ? {} : { diff }),
    action,
  };
}

function describeNetwork(network: NetworkSpec): Dom0Item {
  const detail =
    network.mode === 'routed'
      ? `routed by ${network.interface}`
      : network.mode === 'nat'
        ? `nat: ${network.subnet} on ${network.bridge}, out by ${network.out}`
        : `bridge ${network.bridge}${network.interface === undefined ? '' : ` over ${network.interface}`}`;
  return {
    id: `network-${network.name}`,
    area: 'network',
    title: `network ${network.name}`,
    state: 'ok',
    detail,
  };
}
