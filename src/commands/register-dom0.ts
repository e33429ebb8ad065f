import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { Dom0Options } from './dom0-host.ts';
import type { MapOptions } from './map.ts';
import type { SetStatus } from './register.ts';

/** The commands below `relight dom0`. Each loads its code when it is called. */
export function registerDom0Commands(
  program: Command,
  context: () => CommandContext,
  setStatus: SetStatus,
): void {
  const dom0 = program
    .command('dom0')
    .description('this machine itself: Xen, boot, package cache, networks, storage');
  const add = (name: string, description: string) =>
    dom0.command(name).description(description).option('--site <dir>', 'the site directory');

  program
    .command('map')
    .description('draw the networks, guests and disks of this dom0, and mark where site and machine differ')
    .option('--site <dir>', 'the site directory')
    .option('-o, --output <file>', 'write an SVG picture instead')
    .option('--spec', 'the site alone: do not look at this machine')
    .option('--json', 'for programs')
    .action(async (options: MapOptions) => {
      const { runMap } = await import('./map.ts');
      setStatus(await runMap(context(), options));
    });
  add('check', 'say what this machine lacks, and whether each guest could be rebuilt now')
    .option('--deep', 'read the whole package cache, not only what came since the last look')
    .option('--json', 'for programs')
    .action(async (options: Dom0Options) => {
      const { runDom0Check } = await import('./dom0-check.ts');
      setStatus(await runDom0Check(context(), options));
    });
  dom0
    .command('confirm')
    .description('keep a change of the network that would otherwise be taken back')
    .action(async () => {
      const { runDom0Confirm } = await import('./dom0-confirm.ts');
      setStatus(await runDom0Confirm(context()));
    });
  add('setup', 'make of this machine what the site says, after showing it')
    .option('--storage <disk>', 'make the volume group on this disk, which must be empty')
    .option('--force', 'replace files that somebody else wrote, too; copies are kept')
    .option('--dry-run', 'show every step and change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'the points as JSON')
    .action(async (options: Dom0Options) => {
      const { runDom0Setup } = await import('./dom0-setup.ts');
      setStatus(await runDom0Setup(context(), options));
    });

  dom0
    .command('cache')
    .description('the package cache of this machine')
    .command('clean')
    .description('find what is wrong with it and mend it; only a second download can be lost')
    .option('--site <dir>', 'the site directory')
    .option('--dry-run', 'show every step and change nothing')
    .action(async (options: Dom0Options) => {
      const { runDom0CacheClean } = await import('./dom0-cache.ts');
      setStatus(await runDom0CacheClean(context(), options));
    });
}
