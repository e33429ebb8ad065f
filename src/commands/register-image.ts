import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { BakeOptions } from './image-bake.ts';
import type { StoreOptions } from './image-list.ts';
import type { ImagePruneOptions } from './image-prune.ts';
import type { SetStatus } from './register.ts';

/** The commands below `relight image`. Each loads its code when it is called. */
export function registerImageCommands(
  program: Command,
  context: () => CommandContext,
  setStatus: SetStatus,
): void {
  const image = program.command('image').description('standard images: bake once, restore anywhere');
  const add = (name: string, description: string) =>
    image
      .command(name)
      .description(description)
      .option('--store <dir>', "the store; this machine's unless given");

  add('bake', 'make an image from images/NAME.yaml and its lock')
    .argument('<name>', 'the image')
    .option('--site <dir>', 'the site directory')
    .option('--update', 'renew the lock and say what changed')
    .option('--accept-setuid', 'accept setuid files that the image before did not have')
    .option('--no-unpacked', 'keep chunks compressed only: less disk, a slower restore')
    .option('--dry-run', 'show every step and change nothing')
    .action(async (name: string, options: BakeOptions) => {
      const { runImageBake } = await import('./image-bake.ts');
      setStatus(await runImageBake(context(), name, options));
    });

  add('list', 'the images of the store')
    .option('--json', 'for programs')
    .action(async (options: StoreOptions) => {
      const { runImageList } = await import('./image-list.ts');
      setStatus(await runImageList(context(), options));
    });

  add('prune', 'remove chunks and manifests that no listed image needs any more')
    .option('--all', 'the older image of each name too')
    .action(async (options: ImagePruneOptions) => {
      const { runImagePrune } = await import('./image-prune.ts');
      setStatus(await runImagePrune(context(), options));
    });

  add('verify', 'read every chunk of an image, or of all, and compare it with its hash')
    .argument('[name]', 'the image')
    .option('--json', 'for programs')
    .action(async (name: string | undefined, options: StoreOptions) => {
      const { runImageVerify } = await import('./image-list.ts');
      setStatus(await runImageVerify(context(), name, options));
    });
}
