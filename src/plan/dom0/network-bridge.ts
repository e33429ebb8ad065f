import { renderBridgeNetdev, renderBridgePort } from '../../render/host-network/bridges.ts';
import { definesInterface, moveToBridge } from '../../render/host-network/ifupdown-edit.ts';
import changeScript from '../../render/host-network/network-change.sh';
import { matchesLink, rewriteForBridge } from '../../render/host-network/networkd-edit.ts';
import { hostNetworkPaths } from '../../render/host-network/paths.ts';
import { renderUnit } from '../../render/network-units.ts';
import { requireInterface } from '../../render/refuse.ts';
import type { NetworkSpec } from '../../spec/types.ts';
import type { Action, Step } from '../types.ts';
import { type ChangeContext, listDifferent, type WantedFile } from './change-files.ts';
import type { NetworkRequest } from './network.ts';
import { runStep } from './network-links.ts';

export type BridgeNetwork = Extract<NetworkSpec, { mode: 'bridge' }>;

/** The bridges that relight is to make over an interface and that this machine does not have so. */
export function listWantedBridges({ site, facts }: Pick<NetworkRequest, 'site' | 'facts'>): BridgeNetwork[] {
  return [...site.networks.values()].filter((network): network is BridgeNetwork => {
    if (network.mode !== 'bridge' || network.interface === undefined) return false;
    const port = facts.links.find((link) => link.name === network.interface);
    return port?.master !== network.bridge;
  });
}

/**
 * Bridges over an interface that take over its address. Files and commands are prepared in the change directory and
 * carried out by a process of their own that takes everything back unless it is confirmed: see network-change.sh.
 * One bridge a run: each has to be confirmed by itself.
 */
export function planBridges(request: NetworkRequest, context: ChangeContext): Action[] {
  const [network] = listWantedBridges(request);
  if (network === undefined) return [];
  const link = requireInterface(network.interface ?? '');
  const bridge = requireInterface(network.bridge);
  const { facts, change, confirmSeconds } = request;
  const files = listDifferent(listBridgeFiles(request, link, bridge), facts.files);
  const script = `${change}/network-change`;
  const manager = facts.manager === 'networkd' ? 'networkd' : 'ifupdown';
  const write = (name: string, content: string, mode = 0o600): Step => ({
    do: 'write-file',
    path: `${change}/${name}`,
    content,
    mode,
  });
  const numbered = files.map((file, index) => ({ ...file, number: index + 1 }));
  const old = numbered.filter((file) => context.files.has(file.path));
  const boot = `${request.at.etc}/systemd/system/relight-network-return.service`;
  const launch = facts.systemd
    ? ['systemd-run', '--quiet', '--collect', '--unit=relight-network-change']
    : ['setsid', '--fork'];
  return [
    {
      id: nameBridgeAction(network),
      phase: 'write',
      title: `make the bridge ${bridge} over ${link}, taken back after ${confirmSeconds} s unless confirmed`,
      creates: files.map((file) => ({ kind: 'file' as const, name: file.path })),
      destroys: [],
      probe: { kind: 'path', path: `${change}/applied` },
      steps: [
        ...['decision', 'started', 'applied', 'ended'].map(
          (name): Step => ({ do: 'remove', path: `${change}/${name}` }),
        ),
        write('network-change', changeScript, 0o700),
        write('parameters', `${manager} ${link} ${bridge}\n`),
        write('files', numbered.map((file) => `${file.number} ${file.path}\n`).join('')),
        ...numbered.map((file) => write(`new.${file.number}`, file.content ?? '', file.mode)),
        ...old.map((file) => write(`old.${file.number}`, context.files.get(file.path) ?? '', file.mode)),
        ...(facts.systemd
          ? [
              { do: 'write-file', path: boot, content: renderReturnUnit(change), mode: 0o644 } as const,
              runStep(['systemctl', 'daemon-reload']),
              runStep(['systemctl', 'enable', 'relight-network-return.service']),
            ]
          : []),
        runStep([...launch, script, 'try', change, String(confirmSeconds)]),
        runStep([script, 'wait', change]),
      ],
      undo: [runStep([script, 'return', change, bridge], [1, 126, 127])],
    },
  ];
}

/** The action that makes the bridge of a network. */
export const nameBridgeAction = (network: BridgeNetwork) => `bridge-${network.name}`;

/** What a bridge's files are to hold, for the difference that a person sees. */
export function listBridgeFiles(request: NetworkRequest, link: string, bridge: string): WantedFile[] {
  const { facts, at } = request;
  if (facts.manager === 'networkd') {
    const mac = facts.links.find((each) => each.name === link)?.mac;
    const own = findUnit(request, link);
    return [
      { path: hostNetworkPaths.netdev(at, bridge), content: renderBridgeNetdev(bridge, mac), mode: 0o644 },
      { path: hostNetworkPaths.network(at, link), content: renderBridgePort(link, bridge), mode: 0o644 },
      {
        path: hostNetworkPaths.network(at, bridge),
        content: rewriteForBridge(own?.[1] ?? '[Network]\nDHCP=yes\n', bridge),
        mode: 0o644,
      },
    ];
  }
  return [...facts.files]
    .filter(([path, text]) => path.startsWith(`${at.etc}/network/`) && definesInterface(text, link))
    .map(([path, text]) => ({ path, content: moveToBridge(text, link, bridge), mode: 0o644 }));
}

/** The administrator's unit of an interface: the first by name that matches, as systemd-networkd takes it. */
export function findUnit(
  { facts, at }: NetworkRequest,
  link: string,
): [path: string, text: string] | undefined {
  return [...facts.files]
    .filter(([path]) => path.startsWith(`${at.etc}/systemd/network/`) && path.endsWith('.network'))
    .filter(([path]) => path !== hostNetworkPaths.network(at, link))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .find(([, text]) => matchesLink(text, link));
}

/** A boot before the confirmation counts as none: the old files are put back before anything is brought up. */
function renderReturnUnit(change: string): string {
  return renderUnit([
    [
      'Unit',
      [
        ['Description', 'Take back an unconfirmed change of the network (relight)'],
        ['DefaultDependencies', 'no'],
        ['After', 'local-fs.target'],
        ['Before', 'network-pre.target networking.service systemd-networkd.service'],
        ['Wants', 'network-pre.target'],
        ['ConditionPathExists', `${change}/started`],
      ],
    ],
    [
      'Service',
      [
        ['Type', 'oneshot'],
        ['ExecStart', `${change}/network-change boot ${change}`],
      ],
    ],
    ['Install', [['WantedBy', 'sysinit.target']]],
  ]);
}
