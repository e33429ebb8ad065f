import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { ExportOptions } from './image-export.ts';
import type { TransportOptions } from './image-transport.ts';
import type { SetStatus } from './register.ts';

/** The commands below `relight image` that move images between stores. */
export function registerImageTransport(
  program: Command,
  context: () => CommandContext,
  setStatus: SetStatus,
): void {
  const image =
    program.commands.find((command) => command.name() === 'image') ??
    program.command('image').description('standard images: bake once, restore anywhere');
  const add = (name: string, description: string) =>
    image.command(name).description(description).option('--json', 'for programs');
  const LOGIN = [
    '--login <source>',
    'of a registry: file:PATH or env:NAME with USER:PASSWORD or a token',
  ] as const;
  const addStore = (name: string, description: string) =>
    add(name, description).option('--store <dir>', "the store here; this machine's unless given");

  addStore('push', 'send an image to a directory or a registry, and sign it')
    .argument('<name>', 'the image: NAME or NAME@HASH')
    .argument('<place>', '/DIRECTORY or oci://HOST:PORT/NAME:TAG')
    .option(...LOGIN)
    .action(async (name: string, place: string, options: TransportOptions) => {
      const { runImagePush } = await import('./image-transport.ts');
      setStatus(await runImagePush(context(), name, place, options));
    });
  addStore('pull', 'fetch an image whose index is signed by a trusted key')
    .argument('<place>', '/DIRECTORY, http(s)://HOST/PATH or oci://HOST:PORT/NAME:TAG')
    .argument('[name]', 'the image: NAME or NAME@HASH; needed where there are several')
    .option('--key <fingerprint>', 'trust this key, too, this time; may be given again', append)
    .option(...LOGIN)
    .option('--no-unpacked', 'keep chunks compressed only: less disk, a slower restore')
    .action(async (place: string, name: string | undefined, options: TransportOptions) => {
      const { runImagePull } = await import('./image-transport.ts');
      setStatus(await runImagePull(context(), place, name, options));
    });
  add('remote', 'list the images of another store, when its signature is good')
    .argument('<place>', '/DIRECTORY, http(s)://HOST/PATH or oci://HOST:PORT/NAME:TAG')
    .option('--key <fingerprint>', 'trust this key, too, this time; may be given again', append)
    .option(...LOGIN)
    .action(async (place: string, options: TransportOptions) => {
      const { runImageRemote } = await import('./image-transport.ts');
      setStatus(await runImageRemote(context(), place, options));
    });
  image
    .command('export')
    .description('write an image in another format')
    .argument('<name>', 'the image: NAME or NAME@HASH')
    .requiredOption('--format <format>', 'raw, qcow2, tar.zst, oci, xva, spdx or cyclonedx')
    .requiredOption('-o, --output <path>', 'what to write; for oci a directory')
    .option('--store <dir>', "the store here; this machine's unless given")
    .action(async (name: string, options: ExportOptions) => {
      const { runImageExport } = await import('./image-export.ts');
      setStatus(await runImageExport(context(), name, options));
    });
  add('key', "the fingerprint of this machine's key for images, and those that are trusted")
    .option('--trust <fingerprint>', "trust another machine's key from now on")
    .action(async (options: { trust?: string; json?: boolean }) => {
      const { runImageKey } = await import('./image-transport.ts');
      setStatus(await runImageKey(context(), options));
    });
}

/** Collects an option that may be given again. */
function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
