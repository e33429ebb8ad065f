import type { CodeEntry } from './entry.ts';

/** RL17xx: making an image from a spec, and installing a guest from one. */
export const ISO_BUILD_CODES = {
  RL1701: {
    title: 'A disk for a preseed file',
    message: 'a preseed file names its disk itself',
    hint: 'leave --disk out, or set partman-auto/disk in the file',
  },
  RL1702: {
    title: 'No source for a secret',
    message: 'the image needs the {secret}, and the spec does not say where it is',
    hint: 'choose another layout for the root disk, or build with --preseed FILE',
  },
  RL1703: {
    title: 'Guest that no CD can install',
    message: 'route iso boots a CD by BIOS, which {guest} does not do: guest: {kind}',
    hint: 'make it guest: hvm, boot: bios, or give --route bootstrap',
  },
  RL1704: {
    title: 'No installation image',
    message: 'there is no installation image of {suite} to install from',
    hint: 'name one in site.yaml under host.isos, or give --iso FILE',
  },
  RL1705: {
    title: 'Image of another kind',
    message: '{path} {found}; the guest is of {suite}',
    hint: 'see what it is with `relight iso inspect`, and name another in site.yaml or by --iso FILE',
  },
  RL1706: {
    title: 'Guest that runs while it is installed',
    message: '{guest} runs, and the installer needs its addresses',
    hint: 'stop it first: relight stop {guest}, or give --route bootstrap',
  },
  RL1707: {
    title: 'Image that cannot be made',
    message: 'the image cannot be made: {why}',
    hint: 'put that right, or name another place for it; nothing was left under its name',
  },
} as const satisfies Record<string, CodeEntry>;
