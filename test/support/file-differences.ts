import type { RootDifference } from './compare-roots.ts';

/** Why files of one spec are not the same by the routes `installer` and `bootstrap`. */
export interface FileDifference {
  /** Which route brings them; `both`: both have them, and they are not alike. */
  readonly only: readonly RootDifference['only'][];
  /** In a few words, for the table of docs/installer.md. */
  readonly what: string;
  readonly why: string;
  /** What may differ where both have it; the content alone, if nothing is said. */
  readonly changed?: RootDifference['changed'];
  readonly paths: RegExp;
}

const below = (text: string) =>
  new RegExp(`^(?:${text.trim().replaceAll('.', '\\.').split(/\s+/).join('|')})(?:/.*)?$`);
const exactly = (text: string) =>
  new RegExp(`^(?:${text.trim().replaceAll('.', '\\.').split(/\s+/).join('|')})$`);

export const FILE_DIFFERENCES: readonly FileDifference[] = [
  {
    only: ['installer'],
    what: '`/var/log/installer`',
    why: 'the installer’s own log, with what it asked and found',
    paths: below('/var/log/installer'),
  },
  {
    only: ['installer'],
    what: '`/etc/network/interfaces`, `/etc/adjtime`, `/etc/kernel-img.conf`, `/etc/initramfs-tools/conf.d`, `/etc/securetty`, `/media/cdrom`',
    why: 'the installer’s settings; the network is networkd’s on every route',
    paths: below(
      `/etc/network /etc/adjtime /etc/kernel-img.conf /etc/initramfs-tools/conf.d/(resume|driver-policy) /media/cdrom0? /cdrom
      /etc/apt/sources.list~ /etc/apt/apt.conf.d/00(CDMountPoint|trustcdrom|InstallRecommends) /var/lib/dhcp /etc/hostid
      /etc/securetty`,
    ),
  },
  {
    only: ['installer', 'both'],
    what: '`/etc/console-setup`, `/etc/default/console-setup`, `/usr/lib/locale/locale-archive`',
    why: 'made by `console-setup` and `locales`, which only the installer brings',
    paths: below(
      '/etc/console-setup /etc/default/console-setup /usr/lib/locale/locale-archive /etc/locale.gen /etc/locale.conf /etc/vconsole.conf',
    ),
  },
  {
    only: ['installer', 'bootstrap', 'both'],
    what: 'lists and caches of apt, databases of dpkg, debconf, ucf and systemd’s unit helper',
    why: 'each route has its own history of what was installed, in which order, from which lists',
    changed: ['content', 'mode', 'owner'],
    paths: below(
      `/var/lib/apt /var/cache/apt /var/cache/debconf /var/lib/ucf /var/lib/dpkg/(triggers|updates|alternatives|info/format)
      /var/lib/dpkg/(arch|arch-native|available|cmethopt|diversions|lock|lock-frontend|statoverride|status)(-old)?
      /var/lib/systemd/deb-systemd-[^/]+ /var/lib/pam`,
    ),
  },
  {
    only: ['installer', 'bootstrap', 'both'],
    what: 'accounts of the system, and the backups beside them',
    why: 'packages that only one route has make their users, in another order',
    paths: exactly(
      '/etc/(passwd|group|shadow|gshadow|subuid|subgid)-? /etc/.pwd.lock /var/lib/shells.state /etc/shells',
    ),
  },
  {
    only: ['installer', 'bootstrap', 'both'],
    what: 'logs, the journal, times and seeds that a start leaves',
    why: 'they are of this installation and of its starts',
    changed: ['content', 'mode', 'owner'],
    paths: below(
      `/var/log /var/lib/systemd/(random-seed|timers|timesync|catalog|linger|pstore|coredump|ephemeral-trees|network|backlight|rfkill)
      /var/lib/(wtmpdb|lastlog|private) /var/cache/private /var/(tmp|lib/dhcpcd|lib/logrotate|spool/cron) /etc/.updated /var/.updated
      /run /tmp /dev /proc /sys /lost\\+found /etc/relight/nonce`,
    ),
  },
  {
    only: ['installer'],
    what: '`/etc/inputrc`, `/usr/share/mime`',
    why: 'made by `readline-common` and `shared-mime-info`, which only the installer brings',
    paths: below('/etc/inputrc /usr/share/mime'),
  },
  {
    only: ['both'],
    what: '`/etc/fstab`',
    why: 'each rebuild gives its filesystems UUIDs of their own',
    paths: exactly('/etc/fstab'),
  },
  {
    only: ['both'],
    what: '`/etc/ca-certificates.conf` and the bundle made from it',
    why: 'the same certificates in the order of the language that was set when the package was configured',
    paths: exactly('/etc/ca-certificates.conf /etc/ssl/certs/ca-certificates.crt'),
  },
  {
    only: ['both'],
    what: 'links of apt’s timers',
    why: 'the same unit, by `/lib` or by `/usr/lib`, as the systemd of the moment writes it',
    paths: exactly('/etc/systemd/system/timers.target.wants/apt-daily(-upgrade)?.timer'),
  },
  {
    only: ['both'],
    what: '`/etc/.resolv.conf.systemd-resolved.bak`',
    why: 'what `/etc/resolv.conf` was when systemd-resolved was installed: the installer’s, or the building machine’s',
    changed: ['content', 'mode'],
    paths: exactly('/etc/.resolv.conf.systemd-resolved.bak'),
  },
  {
    only: ['both'],
    what: 'initrd, GRUB’s core, caches of libraries and hardware, `modules.dep`',
    why: 'made on the guest’s own root, out of what is installed there',
    paths: below(
      '/boot/initrd.img-[^/]+ /boot/grub /etc/ld.so.cache /var/cache/ldconfig /usr/lib/udev/hwdb.bin /usr/lib/modules /var/lib/initramfs-tools',
    ),
  },
];

/** The differences that no row explains. */
export function findUnexplainedFiles(differences: readonly RootDifference[]): RootDifference[] {
  return differences.filter(
    ({ only, path, changed }) =>
      !FILE_DIFFERENCES.some(
        (row) =>
          row.only.includes(only) &&
          row.paths.test(path) &&
          changed.every((field) => (row.changed ?? ['content']).includes(field)),
      ),
  );
}
