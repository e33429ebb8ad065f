import { resolve } from 'node:path';
import { statePaths } from '../host/paths.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { exportImage } from '../run/export/export.ts';
import { requireRoot } from '../run/identity.ts';
import { openImageStore } from '../run/image-store.ts';
import { choosePaths } from '../run/probe-host.ts';
import { createRunner } from '../run/runner-spawn.ts';
import type { CommandContext } from './context.ts';

export interface ExportOptions {
  readonly format: string;
  readonly output: string;
  readonly store?: string;
}

/** `relight image export NAME --format FORMAT -o OUT` */
export async function runImageExport(
  context: CommandContext,
  image: string,
  options: ExportOptions,
): Promise<ExitStatus> {
  const { environment, signal } = context;
  const { format } = options;
  // Whoever mounts a filesystem is root; a bill of materials needs nobody.
  if (format !== 'spdx' && format !== 'cyclonedx') requireRoot('relight image export');
  const runner = createRunner({ environment, signal });
  const directory = options.store ?? statePaths.images(choosePaths('qemu', environment));
  const output = resolve(context.workingDirectory, options.output);
  await exportImage({ store: openImageStore(directory, runner), runner, image, format, output });
  context.say(`wrote ${output}\n`);
  return EXIT.done;
}
