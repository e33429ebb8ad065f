/** Everything that `render --what` knows, in the order in which all of it is printed. */
export const WHATS = [
  'xl',
  'qemu',
  'partitions',
  'network',
  'interfaces',
  'fstab',
  'hosts',
  'hostname',
  'resolv',
  'sources',
  'locale',
  'keyboard',
  'timezone',
  'sudoers',
  'sshd',
  'grub',
  'preseed',
] as const;

export type What = (typeof WHATS)[number];

export function isWhat(name: string): name is What {
  return (WHATS as readonly string[]).includes(name);
}
