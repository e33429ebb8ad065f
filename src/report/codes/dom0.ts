import type { CodeEntry } from './entry.ts';

/** RL140x to RL143x: what `dom0 setup` and `dom0 check` find on this machine. */
export const DOM0_CODES = {
  RL1401: {
    title: 'Not a regular file',
    message: '{path} must be a regular file, and it is something else, such as a symbolic link',
    hint: 'look at it: ls -l {path}; relight does not write through somebody else’s arrangement',
  },
  RL1402: {
    title: 'Changed since the plan was made',
    message: '{path} must be what the plan saw, and it has changed since',
    hint: 'make a new plan: relight dom0 setup',
  },
  RL1403: {
    title: 'Changed since it was written',
    message: '{path} is not put back: somebody has changed it since relight wrote it',
    hint: 'what was there before is in {kept}; put it back yourself, or leave it',
  },
  RL1404: {
    title: 'A file of an administrator',
    message: '{path} was not written by relight, or was changed since, and it differs from what is wanted',
    hint: 'look at the difference above; replace it and keep a copy: relight dom0 setup --force',
  },
  RL1405: {
    title: 'Not Debian',
    message: 'a dom0 is set up on Debian 12 (bookworm) or newer, and this is {found}',
    hint: 'install Debian on it; relight itself runs guests under QEMU elsewhere',
  },
  RL1406: {
    title: 'Architecture without Xen',
    message: 'a dom0 needs the architecture amd64, and this machine is {found}',
  },
  RL1407: {
    title: 'Secure boot',
    message: 'the firmware has secure boot on, and Debian’s Xen is not signed: it would not start',
    hint: 'switch secure boot off in the firmware’s setup, then: relight dom0 setup',
  },
  RL1408: {
    title: 'Cloud kernel',
    message: 'the kernel {kernel} is made for clouds and cannot be a dom0',
    hint: 'apt-get install linux-image-amd64 && apt-get purge {package}, reboot, then: relight dom0 setup',
  },
  RL1409: {
    title: 'Packages half done',
    message: 'dpkg must have finished its work, and it has not: {detail}',
    hint: 'dpkg --configure -a && apt-get --fix-broken install',
  },
  RL1410: {
    title: 'Not booted by GRUB',
    message:
      'the boot loader must be GRUB, which starts Xen, and neither grub-pc nor grub-efi-amd64 is installed',
    hint: 'apt-get install grub-pc, or grub-efi-amd64 on a machine with UEFI, and put it on the disk',
  },
  RL1411: {
    title: 'Old diversion of a GRUB script',
    message:
      '{path} is diverted (dpkg-divert), as old guides said, to make Xen the first entry; since Debian 11 XEN_OVERRIDE_GRUB_DEFAULT does that',
    hint: 'dpkg-divert --rename --remove {path}',
  },
  RL1412: {
    title: 'Old TOOLSTACK setting',
    message:
      'the setting TOOLSTACK={value} in /etc/default/xen does nothing since Xen 4.5: xl is the only toolstack',
    hint: 'remove that line',
  },
  RL1413: {
    title: 'Not running under Xen',
    message: 'this machine must run under Xen, and it does not yet: {detail}',
    hint: '{suggestion}',
  },
  RL1414: {
    title: 'Unfinished setup',
    message: 'an earlier dom0 setup ({operation}) is unfinished',
    hint: 'relight resume dom0   or   relight rollback dom0',
  },
  RL1415: {
    title: 'This machine refuses',
    message: 'this machine cannot be set up yet: {count} of the points above need a person',
  },
  RL1416: {
    title: 'Site with errors',
    message: 'the site {site} has errors, so that this machine cannot be compared with it',
    hint: 'relight check',
  },
  RL1420: {
    title: 'Report of lsblk',
    message: 'the report of lsblk must be JSON about one device',
  },
} as const satisfies Record<string, CodeEntry>;
