import type { CodeEntry } from './entry.ts';

/** RL12xx: routes, and the Debian installer. */
export const INSTALLER_CODES = {
  RL1201: {
    title: 'No partition table',
    message: 'the disk has no partition table that sfdisk reads',
  },
  RL1202: {
    title: 'Partition missing',
    message: '{device} has no partition {number}',
  },
  RL1203: {
    title: 'Route cannot be taken',
    message: 'there is no such route, or it cannot make the layout of the root disk: {route}',
    hint: 'give another --route, or another layout',
  },
} as const satisfies Record<string, CodeEntry>;
