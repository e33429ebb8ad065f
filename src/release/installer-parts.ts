/**
 * What the text installer is made of, by suite: the package that brings its kernel and initrd, where they lie in it,
 * and the packages that bring what a mirror without matching udebs lacks.
 */
export interface InstallerParts {
  readonly netboot: string;
  /** Directory of `linux` and `initrd.gz` in the package. */
  readonly directory: string;
  /** e2fsprogs and the libraries that it needs beyond those of the initrd. */
  readonly filesystemPackages: readonly string[];
  /** Other names under which mirrors have the suite; whether one still means it, its Release says. */
  readonly aliases: readonly string[];
}

const PARTS: Readonly<Record<string, InstallerParts>> = {
  bookworm: describe(12, 'libext2fs2', ['oldstable']),
  trixie: describe(13, 'libext2fs2t64', ['stable', 'oldstable']),
};

function describe(version: number, library: string, aliases: readonly string[]): InstallerParts {
  return {
    netboot: `debian-installer-${version}-netboot-amd64`,
    directory: `usr/lib/debian-installer/images/${version}/amd64/text/debian-installer/amd64`,
    filesystemPackages: ['e2fsprogs', library, 'libcom-err2', 'libss2'],
    aliases,
  };
}

/** Undefined for a suite that relight knows no installer of. */
export function findInstallerParts(suite: string): InstallerParts | undefined {
  return Object.hasOwn(PARTS, suite) ? PARTS[suite] : undefined;
}

/**
 * The modules that the installer loads from udebs (ext4-modules, scsi-modules, md-modules, ...) and that an
 * installation on relight's disks needs, beside those that they depend on.
 */
export const INSTALLER_MODULES: readonly string[] = [
  ...['ext4', 'crc32c_generic', 'vfat', 'nls_cp437', 'nls_ascii', 'nls_iso8859-1', 'nls_utf8', 'efivarfs'],
  ...['virtio_blk', 'virtio_scsi', 'virtio_net', 'virtio_pci', 'xen-blkfront', 'xen-netfront'],
  ...['sd_mod', 'sr_mod', 'ata_piix', 'ahci', 'isofs', 'loop'],
  ...['dm-mod', 'dm-crypt', 'dm-snapshot', 'xts', 'cbc', 'aesni-intel', 'sha256-ssse3', 'sha256_generic'],
  ...['linear', 'raid0', 'raid1', 'raid10', 'raid456'],
];

/**
 * Packages that the installer's components put into the new system by themselves (`apt-install` in base-installer,
 * console-setup-udeb, localechooser, hw-detect, pkgsel, save-logs), beyond those of priority important; what only one
 * suite has is passed over in the other. The last three are recommended by what qemu-guest-agent needs, and hw-detect
 * takes that with what it recommends.
 */
export const INSTALLER_PACKAGES: readonly string[] = [
  ...['linux-image-amd64', 'initramfs-tools', 'busybox', 'zstd', 'e2fsprogs', 'udev', 'usr-is-merged'],
  ...['console-setup', 'keyboard-configuration', 'kbd', 'locales'],
  ...['eject', 'pciutils', 'usbutils', 'laptop-detect', 'installation-report', 'popularity-contest'],
  ...['qemu-guest-agent', 'libglib2.0-data', 'shared-mime-info', 'xdg-user-dirs'],
];

/** Files of e2fsprogs that partman-ext3 calls. */
export const FILESYSTEM_PROGRAMS: readonly string[] = [
  'mke2fs',
  'mkfs.ext2',
  'mkfs.ext3',
  'mkfs.ext4',
  'e2fsck',
  'fsck.ext2',
  'fsck.ext3',
  'fsck.ext4',
  'tune2fs',
  'resize2fs',
];

/** Udebs without whose files an installation onto ext4 works: the installer only wants to see them installed. */
export const DISPENSABLE_UDEBS =
  /^(?:xfsprogs|jfsutils|btrfs-progs|f2fs-tools|ntfs-3g|reiserfsprogs|mkreiserfs|fdisk|eject|libfdisk1|libmount1|libsmartcols1|liblzo2-2|libzstd1|libcap2|at-spi2-core|libexpat1|libglib2\.0|.*-modules-.*|.*gtk.*|speakup.*|espeak.*|multipath|kpartx|open-iscsi|libisns)(?:-udeb|-di)?$/;
