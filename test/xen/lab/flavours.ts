/** A dom0 of the lab: Debian suite, Xen version and the packages that make it a dom0. */
export interface Flavour {
  readonly suite: string;
  readonly xen: string;
  readonly packages: readonly string[];
  /** Debian 12 ships Node 18, which is too old: this machine's own node is copied in. */
  readonly copyNode: boolean;
}

export type FlavourName = 'trixie' | 'bookworm';

const COMMON = [
  'linux-image-amd64 initramfs-tools systemd-sysv udev kmod dbus',
  'xen-utils-common xenstore-utils grub-xen-host grub-common grub-pc-bin grub-efi-amd64-bin',
  'qemu-system-xen qemu-utils seabios ovmf ipxe-qemu',
  'lvm2 thin-provisioning-tools bridge-utils ifupdown iproute2 iputils-ping nftables',
  'mmdebstrap debootstrap e2fsprogs xfsprogs fdisk dosfstools mtools kpartx',
  'apt-cacher-ng ca-certificates curl debian-archive-keyring gpgv openssh-client xorriso',
  'busybox-static procps psmisc strace less vim-tiny tmux xz-utils zstd perl',
].flatMap((line) => line.split(' '));

export const FLAVOURS: Readonly<Record<FlavourName, Flavour>> = {
  trixie: {
    suite: 'trixie',
    xen: '4.20',
    packages: [...COMMON, 'nodejs', 'xen-hypervisor-4.20-amd64', 'xen-utils-4.20'],
    copyNode: false,
  },
  bookworm: {
    suite: 'bookworm',
    xen: '4.17',
    packages: [...COMMON, 'xen-hypervisor-4.17-amd64', 'xen-utils-4.17'],
    copyNode: true,
  },
};

/** The flavour that `RELIGHT_LAB_FLAVOUR` asks for; trixie by default. */
export function chosenFlavour(): FlavourName {
  const name = process.env.RELIGHT_LAB_FLAVOUR ?? 'trixie';
  if (name !== 'trixie' && name !== 'bookworm') {
    throw new Error(`RELIGHT_LAB_FLAVOUR is trixie or bookworm, not ${name}`);
  }
  return name;
}
