import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { IsoBuildOptions } from './iso-build.ts';
import type { IsoVerifyOptions } from './iso-verify.ts';
import type { SetStatus } from './register.ts';

/** The commands below `relight iso`. */
export function registerIsoCommands(
  program: Command,
  context: () => CommandContext,
  setStatus: SetStatus,
): void {
  const iso = program.command('iso').description('read, check and remaster installation images');

  iso
    .command('inspect')
    .description('say what an image is, how it boots, and what it can install')
    .argument('<iso>', 'the image')
    .option('--json', 'print everything as JSON')
    .action(async (file: string, options: { json?: boolean }) => {
      const { runIsoInspect } = await import('./iso-inspect.ts');
      setStatus(await runIsoInspect(context(), file, options));
    });

  iso
    .command('verify')
    .description("check an image's signature, its files and its boot records")
    .argument('<iso>', 'the image')
    .option(
      '--sums <file>',
      'the signed list of hashes; SHA512SUMS or SHA256SUMS beside the image unless given',
    )
    .option('--keyring <file>', "the keyring; Debian's role keys unless given")
    .option('--fingerprint <fingerprint>', 'a key that may sign; may be given again', append)
    .option('--insecure', 'accept an image without a signed list')
    .option('--json', 'print the findings as JSON')
    .action(async (file: string, options: IsoVerifyOptions) => {
      const { runIsoVerify } = await import('./iso-verify.ts');
      setStatus(await runIsoVerify(context(), file, options));
    });

  iso
    .command('build')
    .description('remaster an image so that it installs a guest by itself')
    .argument('<name>', 'the guest')
    .requiredOption('--from <iso>', 'a Debian netinst, DVD or mini image')
    .requiredOption('-o, --output <iso>', 'the image to write; a manifest comes beside it')
    .option('--preseed <file>', 'a preseed file instead of the one from the spec')
    .option('--disk <device>', "install to this disk, such as /dev/sda, instead of the spec's first")
    .option('--site <dir>', 'the site directory')
    .option('--overlay <dir>', 'a tree laid over the image; may be given again', append)
    .option('--timeout <seconds>', 'how long the boot menu waits', '10')
    .option('--grow', 'append to a copy: faster, for CD use only')
    .option('--no-hash-cache', 'read all of the input, even if its hash is known from an earlier build')
    .option('--sync', 'wait until the image is on the disk, so that it outlives a power cut')
    .option('--erase-disks', 'allow an image that erases whichever disk it finds')
    .option('--force', 'replace the output')
    .option(
      '--sums <file>',
      'the signed list of hashes; SHA512SUMS or SHA256SUMS beside the image unless given',
    )
    .option('--keyring <file>', "the keyring; Debian's role keys unless given")
    .option('--fingerprint <fingerprint>', 'a key that may sign; may be given again', append)
    .option('--insecure', 'accept an image without a signed list; the manifest records it')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, options: IsoBuildOptions) => {
      const { runIsoBuild } = await import('./iso-build.ts');
      setStatus(await runIsoBuild(context(), name, options));
    });
}

/** Collects an option that may be given again. */
function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
