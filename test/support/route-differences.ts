/** Why the installed packages of one spec are not the same by the routes `installer` and `bootstrap`. */
export interface RouteDifference {
  /** Which route brings them. */
  readonly only: 'installer' | 'bootstrap';
  /** In a few words, for the table of docs/installer.md. */
  readonly what: string;
  readonly why: string;
  readonly packages: RegExp;
}

const names = (text: string) =>
  new RegExp(`^(?:${text.trim().replaceAll('+', '\\+').split(/\s+/).join('|')})$`);

export const PACKAGE_DIFFERENCES: readonly RouteDifference[] = [
  {
    only: 'installer',
    what: 'all of priority important: `ifupdown`, `cron`, `nano`, ...',
    why: 'the installer’s debootstrap takes them; `bootstrap` takes what boots and can be reached',
    packages:
      names(`apt-utils cron cron-daemon-common debconf-i18n dhcpcd-base dmidecode fdisk ifupdown iputils-ping less
      logrotate nano nftables readline-common vim-common vim-tiny whiptail linux-sysctl-defaults libfdisk1 libidn2-0 libjansson4
      liblocale-gettext-perl libnewt0.52 libnftables1 libnftnl11 libpopt0 libreadline8t64 libslang2 libtext-iconv-perl
      libunistring5`),
  },
  {
    only: 'installer',
    what: '`console-setup`, `keyboard-configuration`, `kbd`',
    why: 'the installer sets the keyboard up by them; relight writes `/etc/default/keyboard` on every route',
    packages: names('console-setup console-setup-linux kbd keyboard-configuration xkb-data'),
  },
  {
    only: 'installer',
    what: '`locales`',
    why: 'the installer knows no C.UTF-8 and makes a language of its own',
    packages: names('locales libc-l10n'),
  },
  {
    only: 'installer',
    what: '`busybox`, `eject`, `pciutils`',
    why: 'the installer asks for them for the initrd and for the hardware that it has found',
    packages: names(
      'busybox eject pciutils libpci3 pci.ids usbutils libusb-1.0-0 laptop-detect installation-report',
    ),
  },
  {
    only: 'installer',
    what: '`qemu-guest-agent`',
    why: 'the installer finds that it runs in QEMU; under Xen it does not',
    packages: names(
      'qemu-guest-agent libatomic1 libffi8 libglib2.0-0t64 libglib2.0-data libnuma1 liburing2 libxml2 shared-mime-info xdg-user-dirs',
    ),
  },
  {
    only: 'installer',
    what: 'the kernel of the point release beside a newer one',
    why: 'the installer takes the archive’s kernel first, and the upgrade brings that of the security archive',
    packages: /^linux-image-\d/,
  },
];

/** The packages that only one of two lists has, and that no row explains. */
export function findUnexplained(
  installer: readonly string[],
  bootstrap: readonly string[],
): { readonly installer: readonly string[]; readonly bootstrap: readonly string[] } {
  const rest = (own: readonly string[], other: readonly string[], only: RouteDifference['only']) => {
    const there = new Set(other);
    const rows = PACKAGE_DIFFERENCES.filter((row) => row.only === only);
    return own.filter((name) => !there.has(name) && !rows.some((row) => row.packages.test(name)));
  };
  return {
    installer: rest(installer, bootstrap, 'installer'),
    bootstrap: rest(bootstrap, installer, 'bootstrap'),
  };
}
