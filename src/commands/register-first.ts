import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { InitOptions } from './init.ts';
import type { SetStatus } from './register.ts';

/** The commands that come first on a new machine. */
export function registerFirstCommands(
  program: Command,
  context: () => CommandContext,
  setStatus: SetStatus,
): void {
  program
    .command('init')
    .description('write a first site and guest: asks on a terminal, flags otherwise; writes over nothing')
    .argument('[name]', 'the new guest; without it, only site.yaml')
    .option('--site <dir>', 'the site directory, made if it is missing')
    .option('--lvm <group>', 'volume group for the disks; without it, disks are files')
    .option('--bridge <bridge>', 'bridge of the dom0, xenbr0 by default')
    .option('--suite <suite>', 'trixie by default')
    .option('--memory <size>', '2GiB by default')
    .option('--disk <size>', 'size of the root disk, 8GiB by default')
    .option('--address <address>', 'dhcp, or as in 192.0.2.10/24')
    .option('--gateway <address>', 'none by default')
    .option('--user <user>', 'who may log in and use sudo, admin by default')
    .option('--ssh-key <file>', "the user's public key")
    .action(async (name: string | undefined, options: InitOptions) => {
      const { runInit } = await import('./init.ts');
      setStatus(await runInit(context(), name, options));
    });
  program
    .command('completion')
    .description('print a completion script for a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) => {
      const { runCompletion } = await import('./completion.ts');
      setStatus(runCompletion(context(), shell, program));
    });
}
