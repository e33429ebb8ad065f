import type { NetworkSpec } from '../../spec/types.ts';
import { requireInterface } from '../refuse.ts';

/** The kernel settings that the networks need, by their keys in the spelling of sysctl.d(5) with slashes. */
export function listSysctls(networks: ReadonlyMap<string, NetworkSpec>): [key: string, value: string][] {
  const all = [...networks.values()];
  if (all.every((network) => network.mode === 'bridge')) return [];
  // With slashes a dot in an interface's name, as in eth0.5, stays a dot.
  const proxies = all.flatMap((network): [string, string][] =>
    network.mode === 'routed'
      ? [[`net/ipv4/conf/${requireInterface(network.interface)}/proxy_arp`, '1']]
      : [],
  );
  return [['net/ipv4/ip_forward', '1'], ...new Map(proxies)];
}

/** A file of sysctl.d(5). The dash lets the boot go on when an interface is not there yet. @throws Failure RL0901 */
export function renderSysctl(networks: ReadonlyMap<string, NetworkSpec>): string {
  const lines = listSysctls(networks).map(
    ([key, value]) => `${key === 'net/ipv4/ip_forward' ? '' : '-'}${key} = ${value}\n`,
  );
  return `# Written by relight.\n${lines.join('')}`;
}

/** Reads a file of sysctl.d(5) back; keys in the spelling with slashes. */
export function parseSysctl(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^-?([^#;=\s][^=\s]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] === undefined) continue;
    const key = match[1].includes('/') ? match[1] : match[1].replaceAll('.', '/');
    settings.set(key, match[2] ?? '');
  }
  return settings;
}
