import { createHash } from 'node:crypto';

/** Where dom0's network files lie. `relight` is relight's own directory: nothing of an administrator's is in it. */
export interface HostDirectories {
  /** `/etc`, unless a test says otherwise. */
  readonly etc: string;
}

/** Every file that relight writes for dom0's networks, in one place. Names are allow-listed by the spec. */
export const hostNetworkPaths = {
  own: (at: HostDirectories) => `${at.etc}/relight-host`,
  load: (at: HostDirectories) => `${at.etc}/relight-host/load-networks`,
  nftables: (at: HostDirectories) => `${at.etc}/relight-host/firewall.nft`,
  iptables: (at: HostDirectories) => `${at.etc}/relight-host/firewall.rules`,
  dnsmasq: (at: HostDirectories) => `${at.etc}/relight-host/dnsmasq.conf`,
  guests: (at: HostDirectories) => `${at.etc}/relight-host/guests`,
  guest: (at: HostDirectories, guest: string, kind: 'nft' | 'rules' | 'ip') =>
    `${at.etc}/relight-host/guests/${guest}.${kind}`,
  sysctl: (at: HostDirectories) => `${at.etc}/sysctl.d/60-relight.conf`,
  networkUnit: (at: HostDirectories) => `${at.etc}/systemd/system/relight-networks.service`,
  dnsmasqUnit: (at: HostDirectories) => `${at.etc}/systemd/system/relight-dnsmasq.service`,
  ifupdown: (at: HostDirectories, network: string) => `${at.etc}/network/interfaces.d/relight-${network}`,
  netdev: (at: HostDirectories, bridge: string) => `${at.etc}/systemd/network/05-relight-${bridge}.netdev`,
  network: (at: HostDirectories, link: string) => `${at.etc}/systemd/network/05-relight-${link}.network`,
} as const;

/** A short name that cannot clash with another text's, for places where names are short. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
