// Which Debian packages each job needs. scripts/start.mjs, scripts/test.mjs and .ci/run read this one table.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Job -> packages. Each list stands alone: none includes another. */
export const PACKAGES = {
  /** A rebuild by route bootstrap, on any hypervisor. */
  rebuild: [
    'mmdebstrap',
    'debian-archive-keyring',
    'openssh-client',
    'fdisk',
    'e2fsprogs',
    'dosfstools',
    'mtools',
    'util-linux',
    'perl-base',
    'zstd',
    'mount',
    'kmod',
  ],
  /** What runs the guest: on a dom0 Xen itself, else QEMU. */
  qemu: ['qemu-system-x86'],
  xl: ['xen-utils-common', 'lvm2'],
  /** The tests, besides what a rebuild under QEMU needs. */
  test: [
    'bridge-utils',
    'busybox-static',
    'apt-cacher-ng',
    'cpio',
    'dbus',
    'debootstrap',
    'docker-registry',
    'dnsmasq-base',
    'genisoimage',
    'gnupg',
    'gpgv',
    'ifupdown',
    'iproute2',
    'iptables',
    'iputils-arping',
    'isolinux',
    'libcap2-bin',
    'lvm2',
    'nftables',
    'ovmf',
    'perl',
    'podman',
    'qemu-utils',
    'skopeo',
    'strace',
    'xorriso',
    'xz-utils',
  ],
  /** The Xen lab: docs/lab.md. */
  lab: ['grub-common', 'grub-efi-amd64-bin', 'grub-pc-bin', 'qemu-utils'],
};

/** Whether this machine is a dom0: Xen says so in /proc/xen/capabilities. */
export function isDom0() {
  const path = '/proc/xen/capabilities';
  return existsSync(path) && readFileSync(path, 'utf8').includes('control_d');
}

/** Packages of the given jobs, each once. */
export function listPackages(jobs) {
  return [...new Set(jobs.flatMap((job) => PACKAGES[job]))].sort();
}

/** Those of the packages that are not installed, by one call of dpkg-query(1). */
export function findMissingPackages(names) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the format is dpkg-query's
  const query = ['--show', '--showformat', '${db:Status-Status} ${Package}\n', ...names];
  const { stdout, error } = spawnSync('dpkg-query', query, { encoding: 'utf8' });
  if (error !== undefined) return [...names];
  const lines = stdout.split('\n');
  return names.filter((name) => !lines.includes(`installed ${name}`));
}
