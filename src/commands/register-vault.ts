import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { SetStatus } from './register.ts';
import type { VaultOptions } from './vault.ts';

/** The commands below `relight vault`. */
export function registerVaultCommands(
  program: Command,
  context: () => CommandContext,
  setStatus: SetStatus,
): void {
  const vault = program
    .command('vault')
    .description('keep on this machine what rebuilds need when the internet is down');
  const add = (name: string, description: string) =>
    vault.command(name).description(description).option('--site <dir>', 'the site directory');

  add('fill', 'fetch what the guests need: packages by hash, under a signed index')
    .argument('[names...]', 'guests; without any, all')
    .action(async (names: string[], options: VaultOptions) => {
      const { runVaultFill } = await import('./vault.ts');
      setStatus(await runVaultFill(context(), names, options));
    });
  add('check', 'say for each guest whether a rebuild works with the internet down')
    .argument('[names...]', 'guests; without any, all')
    .option('--json', 'for programs')
    .action(async (names: string[], options: VaultOptions) => {
      const { runVaultCheck } = await import('./vault.ts');
      setStatus(await runVaultCheck(context(), names, options));
    });
  add('prune', 'remove what no guest of the site needs any more').action(async (options: VaultOptions) => {
    const { runVaultPrune } = await import('./vault.ts');
    setStatus(await runVaultPrune(context(), options));
  });
}
