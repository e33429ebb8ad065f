/** Which Debian package brings a program that relight calls. */
export const PACKAGE_OF: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  debootstrap: 'debootstrap',
  sfdisk: 'fdisk',
  mke2fs: 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  tune2fs: 'e2fsprogs',
  depmod: 'kmod',
  'dpkg-deb': 'dpkg',
  wipefs: 'util-linux',
  debugfs: 'e2fsprogs',
  dumpe2fs: 'e2fsprogs',
  resize2fs: 'e2fsprogs',
  losetup: 'mount',
  'qemu-img': 'qemu-utils',
  'apt-get': 'apt',
  cp: 'coreutils',
  'mkfs.xfs': 'xfsprogs',
  ifconfig: 'net-tools',
  mkswap: 'util-linux',
  blkid: 'util-linux',
  flock: 'util-linux',
  mount: 'mount',
  umount: 'mount',
  unshare: 'util-linux',
  chroot: 'coreutils',
  tar: 'tar',
  perl: 'perl-base',
  'ssh-keygen': 'openssh-client',
  'qemu-system-x86_64': 'qemu-system-x86',
  'mkfs.vfat': 'dosfstools',
  mcopy: 'mtools',
  xorriso: 'xorriso',
  xl: 'xen-utils-common',
  lvcreate: 'lvm2',
  zstd: 'zstd',
};

/** Names the packages that bring the given programs, each once, in order. */
export function findPackages(programs: readonly string[]): string[] {
  return [...new Set(programs.map((program) => PACKAGE_OF[program] ?? program))];
}
