import type { PlanContext } from './request.ts';

/** What every guest needs to boot, be reached, and be repaired; minbase brings neither init nor kernel. */
export const BASE_PACKAGES = [
  'systemd-sysv',
  'init',
  'udev',
  'kmod',
  'dbus',
  'iproute2',
  'netbase',
  'e2fsprogs',
  'ca-certificates',
  'tzdata',
  'openssh-server',
  'systemd-timesyncd',
  'linux-image-amd64',
  'initramfs-tools',
  'zstd',
  'grub2-common',
] as const;

/** The packages of a guest's root filesystem, sorted, each once: the base, what the spec implies, what it names. */
export function listPackages(context: PlanContext): string[] {
  const { guest } = context;
  const packages = new Set<string>([...BASE_PACKAGES, ...guest.packages]);
  if (needsBiosBoot(context)) packages.add('grub-pc-bin');
  if (guest.boot === 'uefi') packages.add('grub-efi-amd64-bin');
  if (guest.locale !== 'C.UTF-8') packages.add('locales');
  if (guest.users.some((user) => user.sudo)) packages.add('sudo');
  if (guest.nics.some((nic) => nic.ipv4?.kind === 'dhcp')) packages.add('systemd-resolved');
  if (guest.disks.some((disk) => disk.filesystem === 'xfs')) packages.add('xfsprogs');
  return [...packages].sort();
}

/** Whether this guest's disk is started by a PC BIOS: HVM without UEFI, and QEMU unless it is handed the kernel. */
export function needsBiosBoot(context: PlanContext): boolean {
  const { guest, facts } = context;
  if (guest.boot === 'uefi') return false;
  if (facts.hypervisor === 'qemu') return guest.boot !== 'direct';
  return guest.guest === 'hvm';
}
