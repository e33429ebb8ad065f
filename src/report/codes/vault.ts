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
    message: 'the guest {name} is installed by route {route}, which fetches more than the vault keeps',
    hint: 'relight vault fill {name} keeps what another route needs: relight rebuild {name} --route bootstrap --offline',
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
} as const satisfies Record<string, CodeEntry>;
