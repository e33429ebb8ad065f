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
} as const satisfies Record<string, CodeEntry>;
