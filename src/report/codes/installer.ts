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
  RL1204: {
    title: 'No Debian installer',
    message: '{directory} holds no Debian installer: {problem}',
    hint: "give a directory with linux and initrd.gz, such as that of Debian's netboot package",
  },
  RL1205: {
    title: 'Index of the installer not readable',
    message: "the index of the installer's components cannot be read: {url}: {problem}",
    hint: 'try again, or name another mirror in the spec',
  },
  RL1206: {
    title: 'Installer cannot be completed',
    message: 'the mirror lacks parts of the installer that no other package has: {names}',
    hint: 'name a mirror that is complete, or give --route bootstrap',
  },
  RL1207: {
    title: 'Mirror without the components of the installer',
    message:
      'the mirror lacks {count} components of the installer with kernel {kernel}, such as {names}: it would stop and ask',
    hint: 'let relight put them into the initrd: --complete-initrd, or name another mirror, or give --route bootstrap',
  },
  RL1208: {
    title: 'Other partitions than asked for',
    message: 'the installer left other partitions than it was told: {found}',
  },
  RL1209: {
    title: 'Installation failed',
    message: 'the installation failed: {problem}',
  },
  RL1210: {
    title: 'Guest that the installer cannot make here',
    message: 'route installer cannot make {guest} on this machine: {problem}',
    hint: '{fix}',
  },
} as const satisfies Record<string, CodeEntry>;
