import { formatSize } from '../iso/show.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { requireRoot } from '../run/identity.ts';
import { pruneImageStore } from '../run/image-prune.ts';
import { choosePaths } from '../run/probe-host.ts';
import { withImageStoreLock } from '../run/remote/lock.ts';
import type { CommandContext } from './context.ts';
import { openCommandStore } from './image-list.ts';
import { refuseWhileAnyAtWork } from './refuse-busy.ts';

export interface ImagePruneOptions {
  readonly store?: string;
  readonly all?: boolean;
}

/** `relight image prune`: remove what no listed image needs; `--all`: the older image of each name, too. */
export async function runImagePrune(
  context: CommandContext,
  options: ImagePruneOptions,
): Promise<ExitStatus> {
  if (options.store === undefined) requireRoot('relight image prune');
  const { store } = openCommandStore(context, options);
  refuseWhileAnyAtWork(choosePaths('qemu', context.environment), `the store ${store.directory}`);
  const request = { ...context, command: 'relight image prune' };
  return withImageStoreLock(store.directory, request, async () => {
    const { unlisted, manifests, chunks, bytes } = await pruneImageStore(
      store.directory,
      options.all === true,
      Date.now(),
    );
    for (const image of unlisted) context.print(`${image} goes\n`);
    context.print(`${manifests} images and ${chunks} chunks removed, ${formatSize(bytes)}\n`);
    return EXIT.done;
  });
}
