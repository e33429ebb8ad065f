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
  RL1421: {
    title: 'Volume group missing',
    message: 'the volume group {group} of site.yaml must exist, and it does not',
    hint: 'relight dom0 setup --storage /dev/sdX makes it on an empty disk; or correct host.storage',
  },
  RL1422: {
    title: 'Volume group full',
    message: 'the volume group {group} must have room for a guest, and {free} are free',
    hint: 'relight prune NAME lets old generations go; vgextend adds a disk',
  },
  RL1423: {
    title: 'Disk in use',
    message: 'the disk {disk} must be empty, without any signature, and {problem}',
    hint: 'look with: lsblk -f {disk}; when nothing on it is wanted, erase it yourself: wipefs --all {disk}',
  },
  RL1424: {
    title: 'Thin pool missing',
    message: 'the thin pool {pool} of site.yaml must exist, and it does not',
    hint: 'lvcreate --type thin-pool -l 95%FREE -n POOL {group}; dom0 setup makes it together with a new volume group',
  },
  RL1430: {
    title: 'Port of the cache in use',
    message: 'the package cache needs port {port}, and {program} listens there already',
    hint: 'end it, or give host.cache another port; a cache that is to be used as it is goes into host.cache as { proxy: URL }',
  },
  RL1431: {
    title: 'Damaged files in the package cache',
    message: '{count} files of the package cache are damaged, such as {path}: {reason}',
    hint: 'relight dom0 cache clean',
  },
  RL1432: {
    title: 'Maintenance of the package cache is stuck',
    message:
      'the package cache’s maintenance gave up, and its snapshots in {path} make every later one give up, too: {detail}',
    hint: 'relight dom0 cache clean',
  },
  RL1433: {
    title: 'Disk of the package cache full',
    message: 'the package cache in {path} must have room, and {free} MiB are free',
    hint: 'relight dom0 cache clean lets the packages go that were not used for longest',
  },
  RL1434: {
    title: 'Mirror does not answer',
    message: 'the mirror {url} must answer, and it does not, with or without the package cache',
    hint: 'look at the network and the mirror; rebuilds can go on from the vault: relight vault check',
  },
  RL1435: {
    title: 'Wrong owner in the package cache',
    message: 'files of the package cache must belong to {user}, and some do not, such as {path}',
    hint: 'relight dom0 cache clean',
  },
  RL1436: {
    title: 'Package cache does not answer',
    message: 'the package cache must hand out files of the archive, and it does not',
    hint: 'relight dom0 cache clean starts it again; journalctl -u apt-cacher-ng says why it ended',
  },
  RL1437: {
    title: 'Wrong backend of the package cache',
    message: 'the package cache must fetch from {url}, and it asks {backends}',
    hint: 'relight dom0 cache clean',
  },
  RL1438: {
    title: 'Package cache still broken',
    message: 'the package cache was cleaned, and {count} faults are left',
    hint: 'relight dom0 check',
  },
  RL1439: {
    title: 'No package cache here',
    message: 'there must be an apt-cacher-ng on this machine, and there is none that site.yaml names',
    hint: 'host.cache in site.yaml, then: relight dom0 setup',
  },
  RL1440: {
    title: 'Port that apt-cacher-ng cannot take',
    message: 'the port of apt-cacher-ng must be at most 32767, and {port} is more: it would listen on none',
    hint: 'give host.cache another port, such as 3142',
  },
  RL1441: {
    title: 'Cache that guests cannot reach',
    severity: 'warning',
    message:
      'guests: {guests} leaves the package cache {address} in the guests, and there that address is the guest itself',
    hint: 'give host.cache an address of this machine that guests reach, such as that of a bridge; or guests: remove',
  },
} as const satisfies Record<string, CodeEntry>;
