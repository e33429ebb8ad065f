import type { CodeEntry } from './entry.ts';

/** RL160x: what the vault keeps for rebuilds without the internet. */
export const VAULT_CODES = {
  RL1601: {
    title: 'Nothing stored for a guest',
    message: 'the vault has nothing for the guest {name}: without the internet it cannot be rebuilt',
    hint: 'relight vault fill {name}',
  },
  RL1602: {
    title: 'Not a manifest of the vault',
    message: '{place} is no manifest of the vault of format 1',
    hint: 'move it away and fill the vault again; what is stored already is not fetched again',
  },
  RL1603: {
    title: 'Stored for another spec',
    message: 'what the vault has for the guest {name} lacks {what}',
    hint: 'relight vault fill {name}',
  },
  RL1604: {
    title: 'Route that the vault does not serve',
    message:
      'the guest {name} is installed by route {route}, which takes from elsewhere what the vault does not keep: {what}',
    hint: 'relight vault check {name} says whether another route would do; relight vault fill {name} keeps what bootstrap needs',
  },
  RL1605: {
    title: 'Damaged vault',
    message: '{state} in the vault, needed for the guest {name}: {what}',
    hint: 'relight vault fill {name}',
  },
  RL1606: {
    title: 'Image not usable',
    message: 'the image {image} is needed, and {what}',
    hint: 'relight image pull, or relight image bake {image}',
  },
  RL1607: {
    title: 'Vault cannot be filled',
    message: 'the packages of the guest {name} cannot be fetched; what was stored before is intact: {why}',
    hint: 'look at the mirror and the network, then: relight vault fill {name}',
  },
  RL1608: {
    title: 'Vault full',
    message: 'the vault {place} needs {needed} bytes and has {free} free',
    hint: 'make room, or name another directory: host.vault in site.yaml; relight vault prune removes what no guest needs',
  },
  RL1609: {
    title: 'Vault in an unusable place',
    message: 'the path of the vault, {place}, must have no blank, quote or control character: apt reads it',
    hint: 'name another directory: host.vault in site.yaml',
  },
  RL1610: {
    title: 'Rebuild from the vault by mmdebstrap only',
    message: 'a rebuild from the vault is made by mmdebstrap, not by {bootstrapper}',
    hint: 'leave --bootstrapper out',
  },
  RL1611: {
    title: 'Rebuild refused whatever is stored',
    message: 'a rebuild of {name} by route {route} is refused whatever is stored: {problem}',
    hint: 'relight plan {name} says what would do instead',
  },
  RL1612: {
    title: 'No way to the installer',
    message: 'the Debian installer of {name} cannot be given what is stored: {problem}',
    hint: '{fix}',
  },
  RL1613: {
    title: 'Vault cannot be served',
    message: 'the vault cannot be served on {address}: {why}',
    hint: 'relight rebuild again makes a new plan, with another port',
  },
  RL1614: {
    title: 'Vault changed since the plan',
    message: 'the vault was filled again for {name} since this plan was made',
    hint: 'relight rollback {name} if it is unfinished, and rebuild anew',
  },
  RL1615: {
    title: 'Option that the vault decides',
    message: 'with --offline the installer is the stored one: {option} does not go with it',
    hint: 'leave {option} out, or fill the vault with host.netboot set',
  },
  RL1616: {
    title: 'Installer not stored',
    message: 'the vault has not what route {route} installs the guest {name} from',
    hint: 'relight vault fill {name}',
  },
  RL1617: {
    title: 'Image without the components of the installer',
    message:
      'the image {path} fetches the components of the installer from a mirror: the vault does not serve it',
    hint: 'name a netinst image or a larger one in host.isos, or give --route installer',
  },
} as const satisfies Record<string, CodeEntry>;
