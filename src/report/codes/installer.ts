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
    title: "Installer's components not readable",
    message: "the installer's components cannot be read from the mirror: {url}: {problem}",
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
    message: 'route {route} cannot make {guest} on this machine: {problem}',
    hint: '{fix}',
  },
  RL1211: {
    title: 'Not a line of a preseed',
    message: 'a further answer is one line, `owner question type value`, not "{value}"',
    hint: 'for example "postfix postfix/main_mailer_type select Local only", without a comment and without a backslash at the end',
  },
  RL1212: {
    title: 'RAID level',
    message: 'the level of a RAID must be 0, 1, 5, 6 or 10, not {value}',
  },
  RL1213: {
    title: 'Too few disks for the RAID level',
    message: 'level {level} needs {least} disks',
    hint: 'write layout: { raid: {level}, disks: {least} }',
  },
  RL1214: {
    title: 'Key of a disk in clear',
    message: 'the key of a disk must not be in the spec: it is named by { file: PATH } or { env: NAME }',
    hint: 'make one: (umask 077; openssl rand -base64 32 > /etc/relight/keys/NAME)',
  },
  RL1215: {
    title: 'Name of a disk of the RAID',
    message: 'the RAID of the root disk has a disk "{name}" already',
    hint: 'give this disk another name',
  },
  RL1216: {
    title: 'Encrypted disk without a key',
    message: 'layout luks needs a key',
    hint: 'add key: { file: PATH }, a file of mode 0600 with one line, or key: { env: NAME }',
  },
  RL1217: {
    title: 'Key without an encrypted disk',
    message: 'only a root disk with layout: luks has a key',
    hint: 'leave `key` out',
  },
  RL1218: {
    title: "Question that is relight's own",
    message: 'relight answers {name} itself',
    hint: '{fix}',
  },
  RL1219: {
    title: 'Answers that no installer reads',
    severity: 'warning',
    message: 'route {route} runs no Debian installer: these answers are not used',
    hint: 'set install: installer or iso, or put the settings into files or run',
  },
  RL1220: {
    title: 'Secret that is not one plain line',
    message: 'the secret {name} must be one line of printable ASCII characters, without blanks at its ends',
    hint: 'a key of a disk is made by: (umask 077; openssl rand -base64 32 > FILE)',
  },
} as const satisfies Record<string, CodeEntry>;
