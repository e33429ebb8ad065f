import { requireCommandLine } from './refuse.ts';

/**
 * Writes /etc/default/grub.d/relight.cfg, which update-grub(8) sources after /etc/default/grub, so that a kernel upgrade
 * inside the guest keeps its console. `commandLine` has no `root=`: grub-mkconfig adds that.
 * @throws Failure RL0901
 */
export function renderGrubDefaults(options: {
  readonly commandLine: string;
  readonly serial: boolean;
}): string {
  const words = requireCommandLine(options.commandLine)
    .split(' ')
    .filter((word) => !/^(root=.*|ro|rw)$/.test(word));
  const settings: [string, string][] = [
    ['GRUB_CMDLINE_LINUX', words.join(' ')],
    ['GRUB_CMDLINE_LINUX_DEFAULT', ''],
    ['GRUB_TERMINAL', options.serial ? 'serial console' : 'console'],
    ...(options.serial
      ? [['GRUB_SERIAL_COMMAND', 'serial --unit=0 --speed=115200'] as [string, string]]
      : []),
    ['GRUB_TIMEOUT', '1'],
    ['GRUB_DISABLE_OS_PROBER', 'true'],
  ];
  return `# Written by relight.\n${settings.map(([key, value]) => `${key}="${value}"\n`).join('')}`;
}
