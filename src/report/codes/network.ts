import type { CodeEntry } from './entry.ts';

/** RL13xx: dom0's networks. */
export const NETWORK_CODES = {
  RL1301: {
    title: 'Interface missing on dom0',
    message:
      'the network {network} needs the interface {name}, which this machine does not have; it has {found}',
    hint: 'correct the name in site.yaml: ip -br link show',
  },
  RL1302: {
    title: 'Private subnet in use',
    message: 'the subnet {subnet} of the network {network} must be free, and dom0 reaches {other} by {link}',
    hint: 'give the network another subnet in site.yaml',
  },
  RL1303: {
    title: 'Address already used',
    message:
      'the address {address}, forwarded to {guest}, must be free, and another machine answers for it on {link}',
    hint: 'find it with: arping -I {link} {address}',
  },
  RL1304: {
    title: "Guest has dom0's address",
    message:
      "the address {address} is dom0's own on the network {network}, and the guest {guest} has it, too",
    hint: 'give the guest another address of the subnet',
  },
  RL1305: {
    title: 'Firewall managed by somebody else',
    message:
      'the firewall is managed by {manager}: relight changes nothing; what the site needs of it is printed',
    hint: 'add those rules to {manager}, or switch it off',
  },
  RL1306: {
    title: 'Change waits for confirmation',
    message: 'a change of the network waits for its confirmation',
    hint: 'relight dom0 confirm, or wait until it is taken back',
  },
  RL1307: {
    title: 'Another table drops forwarded packets',
    message: 'the chain {chain} drops what is passed on, so that no guest of a nat network is reached',
    hint: 'add to it: {rules}',
    severity: 'warning',
  },
  RL1308: {
    title: 'Interfaces managed by another program',
    message:
      'relight makes a bridge under ifupdown or systemd-networkd, and here {manager} has the interfaces',
    hint: 'make the bridge {bridge} over {link} there, and leave `interface` out of the network',
  },
  RL1309: {
    title: 'Interface is a port already',
    message: 'the interface {link} is a port of {master} and cannot be one of {bridge}, too',
    hint: 'name {master} as the bridge in site.yaml',
  },
  RL1310: {
    title: 'Interface not in the configuration',
    message: 'no file below {directory} configures {link}, so that its address cannot be moved to a bridge',
    hint: 'write an iface stanza for {link} first',
  },
  RL1311: {
    title: 'Nothing to confirm',
    message: 'no change of the network waits for a confirmation',
  },
  RL1312: {
    title: 'Change taken back already',
    message: 'the change of the network has been taken back already: nobody confirmed it in time',
    hint: 'run relight dom0 setup again',
  },
  RL1313: {
    title: 'Bridged frames pass the firewall',
    message:
      'the kernel sends frames between the ports of a bridge through iptables and nftables (br_netfilter): a guest does not reach itself by its own forwarded address, and a FORWARD policy of DROP stops bridged guests',
    hint: 'if nothing here needs it: sysctl -w net.bridge.bridge-nf-call-iptables=0, and the same line in /etc/sysctl.d',
    severity: 'warning',
  },
  RL1314: {
    title: 'Files of interfaces.d are not read',
    message: '{path} must take in the files of interfaces.d, and it does not: a bridge would not come up',
    hint: 'add this line to it: source /etc/network/interfaces.d/*',
  },
} as const satisfies Record<string, CodeEntry>;
