import { statePaths } from '../host/paths.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { openImageStore, type StoredImage } from '../run/image-store.ts';
import { choosePaths } from '../run/probe-host.ts';
import { createRunner } from '../run/runner-spawn.ts';
import type { CommandContext } from './context.ts';

export interface StoreOptions {
  readonly store?: string;
  readonly json?: boolean;
}

/** The store of a command: the one named, or this machine's. */
export function openCommandStore(context: CommandContext, options: { readonly store?: string }) {
  const runner = createRunner({ environment: context.environment, signal: context.signal });
  const directory = options.store ?? statePaths.images(choosePaths('qemu', context.environment));
  return { runner, store: openImageStore(directory, runner) };
}

/** `relight image list`: what the store holds, the newest of each name first. */
export async function runImageList(context: CommandContext, options: StoreOptions): Promise<ExitStatus> {
  const { store } = openCommandStore(context, options);
  const images = store.list().map((image) => {
    const { suite, filesystem, packages, relight, lockHash } = store.readManifest(image);
    return {
      ...image,
      suite,
      relight,
      lock: lockHash,
      packages: packages.length,
      dataBytes: filesystem.dataBytes,
      filesystemBytes: filesystem.size,
      filesystem: filesystem.sha256,
    };
  });
  if (options.json === true) {
    context.print(`${JSON.stringify({ version: 1, store: store.directory, images }, undefined, 2)}\n`);
    return EXIT.done;
  }
  if (images.length === 0) context.print(`The store ${store.directory} holds no images.\n`);
  for (const image of images) {
    const size = `${Math.round(image.dataBytes / 1024 ** 2)} MiB`;
    const age = image.current ? 'newest' : 'older';
    context.print(
      `${image.name}@${image.hash.slice(0, 12)}  ${image.suite}  ${image.packages} packages  ${size}  ${image.added.slice(0, 16)}Z  ${age}\n`,
    );
  }
  return EXIT.done;
}

/** `relight image verify [NAME]`: reads every chunk and compares it with its hash. Corrupt ones are set aside. */
export async function runImageVerify(
  context: CommandContext,
  name: string | undefined,
  options: StoreOptions,
): Promise<ExitStatus> {
  const { store } = openCommandStore(context, options);
  const images = name === undefined ? store.list() : [store.find(name)];
  const results: { image: StoredImage; problems: readonly { id: string; why: string }[] }[] = [];
  for (const image of images) {
    const problems = await store.verify(store.readManifest(image));
    for (const { id } of problems) store.setAside(id);
    results.push({ image, problems });
    if (options.json === true) continue;
    const title = `${image.name}@${image.hash.slice(0, 12)}`;
    context.print(
      problems.length === 0
        ? `ok    ${title}\n`
        : `FAIL  ${title}: ${problems.length} chunks, set aside; bake or pull it again\n`,
    );
    for (const problem of problems) context.print(`      ${problem.why}\n`);
  }
  if (options.json === true)
    context.print(`${JSON.stringify({ version: 1, images: results }, undefined, 2)}\n`);
  return results.every(({ problems }) => problems.length === 0) ? EXIT.done : EXIT.failed;
}
