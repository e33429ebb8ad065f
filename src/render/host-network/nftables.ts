import { requireAddress } from '../address.ts';
import { requireInterface } from '../refuse.ts';
import { type HostForward, type NatNetwork, requireSubnet } from './forwards.ts';
import { type HostDirectories, hostNetworkPaths } from './paths.ts';

/**
 * The firewall of the nat networks for nft(8): a table of its own, replaced as a whole in one transaction, so that no
 * packet meets half of it and no other table is touched. The guests' forwards are included from files of their own.
 * @throws Failure RL0901
 */
export function renderNftables(networks: readonly NatNetwork[], at: HostDirectories): string {
  const masquerade = networks.flatMap((network) => {
    const { subnet, out } = fence(network);
    return [
      // A guest that calls a public address of its own network must see the answer come from dom0 (hairpin).
      `ip saddr ${subnet} ip daddr ${subnet} ct status dnat masquerade`,
      `ip saddr ${subnet} oifname "${out}" masquerade`,
    ];
  });
  const fences = networks.flatMap((network) => {
    const { subnet, out } = fence(network);
    return [
      `iifname "${out}" ip daddr ${subnet} ct state established,related accept`,
      `iifname "${out}" ip daddr ${subnet} ct status dnat accept`,
      // Without this a neighbour outside could route into the private network.
      `iifname "${out}" ip daddr ${subnet} drop`,
    ];
  });
  return [
    '# Written by relight. Changes are lost: change the site, then run relight dom0 setup.',
    'table ip relight',
    'delete table ip relight',
    'table ip relight {',
    ...chain('prerouting', 'type nat hook prerouting priority dstnat; policy accept;', []),
    ...chain('output', 'type nat hook output priority -100; policy accept;', []),
    ...chain('guests', undefined, []),
    ...chain('postrouting', 'type nat hook postrouting priority srcnat; policy accept;', [
      'jump guests',
      ...masquerade,
    ]),
    ...chain('forward', 'type filter hook forward priority filter; policy accept;', fences),
    '}',
    `include "${hostNetworkPaths.guests(at)}/*.nft"`,
    '',
  ].join('\n');
}

/** The forwards of one guest: lines that nft(8) adds to the chains of the table. @throws Failure RL0901 */
export function renderNftForwards(forwards: readonly HostForward[]): string {
  const lines = forwards.flatMap((forward) => {
    const address = requireAddress(4, forward.address);
    const match =
      forward.port === undefined
        ? `ip daddr ${requireAddress(4, forward.public)}`
        : `ip daddr ${requireAddress(4, forward.public)} ${forward.protocol} dport ${forward.port}`;
    const target = forward.port === undefined ? address : `${address}:${forward.guestPort ?? forward.port}`;
    const rules = [
      `add rule ip relight prerouting ${match} dnat to ${target}`,
      `add rule ip relight output ${match} dnat to ${target}`,
    ];
    // A whole address is the guest's in both directions.
    if (forward.port === undefined) {
      const back = `ip saddr ${address} oifname "${requireInterface(forward.out)}" snat to ${forward.public}`;
      rules.push(`add rule ip relight guests ${back}`);
    }
    return rules;
  });
  return `# Written by relight: the forwards of this guest.\n${lines.map((line) => `${line}\n`).join('')}`;
}

function fence(network: NatNetwork): { subnet: string; out: string } {
  requireSubnet(network);
  return { subnet: network.subnet, out: requireInterface(network.out) };
}

function chain(name: string, hook: string | undefined, rules: readonly string[]): string[] {
  const lines = hook === undefined ? rules : [hook, ...rules];
  return [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), '\t}'];
}
