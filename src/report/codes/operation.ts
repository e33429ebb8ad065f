import type { CodeEntry } from './entry.ts';

/** RL070x to RL076x and RL0777: guests, volumes and operations on them. */
export const OPERATION_CODES = {
  RL0701: {
    title: 'QEMU ended at once',
    message: 'QEMU for {name} ended at once',
    hint: 'read the console that the error names',
  },
  RL0702: { title: 'No UEFI firmware', message: 'no UEFI firmware at {path}', hint: 'apt-get install ovmf' },
  RL0703: {
    title: 'Domain in the way',
    message: 'a domain named {name} is there already, and it is {state}',
    hint: 'xl destroy {name}',
  },
  RL0704: { title: 'Console cannot be followed', message: 'the console of {name} cannot be followed' },
  RL0710: { title: 'Not a name for a volume', message: 'not a name for a volume: {value}' },
  RL0711: {
    title: 'Name of a volume is taken',
    message: 'the volume {path} exists already, and it is not the one that is wanted',
    hint: 'rename or remove it yourself; relight never touches a volume that is not its own',
  },
  RL0712: {
    title: 'Volume left alone',
    message: 'the volume {path} is left alone: this operation of relight did not make it',
  },
  RL0713: {
    title: 'No such volume group or pool',
    message: 'this machine has no volume group or thin pool {name}',
    hint: 'correct host.storage in site.yaml, or make the group with vgcreate',
  },
  RL0714: {
    title: 'LVM without effect',
    message: 'an LVM command must succeed and have its effect, and it did not',
    hint: 'look with: lvs -o +lv_tags; then: relight status',
  },
  RL0715: {
    title: 'Metadata of the thin pool full',
    message: 'the metadata of the thin pool {name} are almost full',
    hint: 'lvextend --poolmetadatasize +256m {name}',
  },
  RL0716: {
    title: 'Kept volume in use',
    message:
      'the guest does not run, and its kept volume {path} is in use: a mount, another guest or a program has it open',
    hint: 'see what holds it: findmnt {path}; xl list -l; fuser -v {path}',
  },
  RL0721: {
    title: 'No kernel in the root filesystem',
    message: 'the root filesystem has no kernel with its initrd in /boot',
  },
  RL0722: {
    title: 'GRUB image missing',
    message: "GRUB's {path} is missing in the root filesystem",
  },
  RL0723: {
    title: 'Kept disk is not empty',
    message: '{path} has no signature, yet it is not empty: relight does not format it',
    hint: 'look what is on it; to let relight format it, zero its first 4 MiB yourself',
  },
  RL0731: {
    title: 'Guest did not come up',
    message: '{name} did not come up: its last console lines follow',
    hint: 'the whole console is in the file that the error names',
  },
  RL0732: { title: 'Check failed', message: 'the check of {what} failed within its deadline: {detail}' },
  RL0733: {
    title: 'Root filesystem differs from the spec',
    message: 'the root filesystem must be what the spec says; the points that differ follow',
  },
  RL0740: {
    title: 'Not everything could be taken back',
    message: 'not everything could be taken back; what failed follows',
    hint: 'mend the cause, then: relight rollback {name}',
  },
  RL0741: {
    title: 'Not a plan',
    message: '{path} holds no plan of version 1',
    hint: 'make it with: relight plan NAME -o FILE',
  },
  RL0742: { title: 'Step failed', message: 'a step failed, and what it had begun was taken back: {detail}' },
  RL0750: {
    title: 'Programs missing',
    message: 'this machine lacks programs that the work needs',
    hint: 'apt-get install the packages that the error names',
  },
  RL0751: {
    title: 'Not root',
    message:
      '{command} needs root: it makes volumes and a root filesystem with its owners, and starts guests',
    hint: 'run it by sudo; check, render and lint need no root',
  },
  RL0760: {
    title: 'Unknown bootstrapper',
    message: 'unknown bootstrapper {value}',
    hint: 'mmdebstrap or debootstrap',
  },
  RL0761: {
    title: 'No mirror on this machine',
    message: 'this machine has no Debian archive in its apt sources, or has never read them',
    hint: 'apt-get update, or name a mirror in the spec',
  },
  RL0762: {
    title: 'No keys of the archive',
    message: 'the keys that the archive is checked with are missing: {path}',
    hint: 'apt-get install debian-archive-keyring',
  },
  RL0763: {
    title: 'Guest is running',
    message: '{name} is running; it would be shut down once the new one has proved to boot',
    hint: 'allow it: relight rebuild {name} --stop',
  },
  RL0764: { title: 'Route not built', message: 'this relight does not rebuild by route {route}' },
  RL0765: {
    title: 'Unfinished operation',
    message: 'an earlier run for {name} is unfinished',
    hint: 'relight resume {name} or relight rollback {name}',
  },
  RL0766: {
    title: 'Too little space',
    message: 'too little space in {where}',
    hint: 'free some: relight prune removes old generations',
  },
  RL0767: {
    title: 'Stale plan',
    message: 'the plan is stale: {what}',
    hint: 'make a new one: relight plan {name} -o FILE',
  },
  RL0768: {
    title: 'Not confirmed',
    message: 'not confirmed; nothing was changed',
    hint: 'give --yes',
  },
  RL0769: { title: 'Generation without volumes', message: 'generation {name} lacks its volumes' },
  RL0776: {
    title: 'Too little memory',
    message: 'too little memory: the guest takes {needed}, {free} are available',
    hint: 'end something, or give the guest less memory',
  },
  RL0777: {
    title: 'Archive out of reach',
    message: 'the archive {url} cannot be reached, and nothing was changed: {why}',
    hint: 'look at the network, at `mirror` and at the cache of the site; {next}',
  },
  RL0780: {
    title: 'File is there already',
    message: '{path} exists already: init writes no file over another',
    hint: 'edit it, or name another guest',
  },
  RL0781: {
    title: 'Answers make no valid site',
    message: 'these answers make no valid site; nothing was written',
  },
  RL0782: {
    title: 'Unknown shell',
    message: 'there is no completion for {value}',
    hint: 'bash, zsh or fish',
  },
} as const satisfies Record<string, CodeEntry>;
