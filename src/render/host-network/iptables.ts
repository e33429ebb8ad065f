import { requireAddress } from '../address.ts';
import { requireInterface } from '../refuse.ts';
import { type HostForward, type NatNetwork, requireSubnet } from './forwards.ts';

/** relight's chains and the built-in ones that jump to them: `[table, built-in, own]`. load-networks.sh has the same list. */
export const IPTABLES_JUMPS: readonly (readonly [string, string, string])[] = [
  ['nat', 'PREROUTING', 'RELIGHT-DNAT'],
  ['nat', 'OUTPUT', 'RELIGHT-DNAT'],
  ['nat', 'POSTROUTING', 'RELIGHT-SNAT'],
  ['filter', 'FORWARD', 'RELIGHT-FORWARD'],
];

/**
 * The firewall of the nat networks for iptables-restore(8) with --noflush: naming a chain empties that chain alone.
 * An accept in RELIGHT-FORWARD is final, so that a FORWARD chain with the policy DROP lets the guests through.
 * @throws Failure RL0901
 */
export function renderIptables(networks: readonly NatNetwork[]): string {
  const each = (write: (subnet: string, out: string) => string[]) =>
    networks.flatMap((network) => {
      requireSubnet(network);
      return write(network.subnet, requireInterface(network.out));
    });
  return [
    '# Written by relight. Changes are lost: change the site, then run relight dom0 setup.',
    '*nat',
    ':RELIGHT-DNAT - [0:0]',
    ':RELIGHT-GUESTS - [0:0]',
    ':RELIGHT-SNAT - [0:0]',
    '-A RELIGHT-SNAT -j RELIGHT-GUESTS',
    ...each((subnet, out) => [
      `-A RELIGHT-SNAT -s ${subnet} -d ${subnet} -m conntrack --ctstate DNAT -j MASQUERADE`,
      `-A RELIGHT-SNAT -s ${subnet} -o ${out} -j MASQUERADE`,
    ]),
    'COMMIT',
    '*filter',
    ':RELIGHT-FORWARD - [0:0]',
    ...each((subnet, out) => [
      `-A RELIGHT-FORWARD -d ${subnet} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`,
      `-A RELIGHT-FORWARD -d ${subnet} -m conntrack --ctstate DNAT -j ACCEPT`,
      `-A RELIGHT-FORWARD -i ${out} -d ${subnet} -j DROP`,
      `-A RELIGHT-FORWARD -s ${subnet} -o ${out} -j ACCEPT`,
      // With br_netfilter in the kernel frames from guest to guest come by here, too.
      `-A RELIGHT-FORWARD -s ${subnet} -d ${subnet} -j ACCEPT`,
    ]),
    'COMMIT',
    '',
  ].join('\n');
}

/** The forwards of one guest, loaded after the chains have been emptied. @throws Failure RL0901 */
export function renderIptablesForwards(forwards: readonly HostForward[]): string {
  const lines = forwards.flatMap((forward) => {
    const address = requireAddress(4, forward.address);
    const match = `-d ${requireAddress(4, forward.public)}/32`;
    if (forward.port === undefined) {
      return [
        `-A RELIGHT-DNAT ${match} -j DNAT --to-destination ${address}`,
        `-A RELIGHT-GUESTS -s ${address}/32 -o ${requireInterface(forward.out)} -j SNAT --to-source ${forward.public}`,
      ];
    }
    const port = `-p ${forward.protocol} -m ${forward.protocol} --dport ${forward.port}`;
    const target = `${address}:${forward.guestPort ?? forward.port}`;
    return [`-A RELIGHT-DNAT ${match} ${port} -j DNAT --to-destination ${target}`];
  });
  return ['# Written by relight: the forwards of this guest.', '*nat', ...lines, 'COMMIT', ''].join('\n');
}
