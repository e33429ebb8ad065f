import { lstatSync, readdirSync } from 'node:fs';
import { layerLayout } from '../../image/layer.ts';
import type { TreeEntry } from '../../tools/debugfs.ts';
import { buildUpdateScript } from '../../tools/debugfs-update.ts';
import { makeDirectory, readTextFile, removeFile, statPath, writeFileAtomically } from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import {
  changeImage,
  formatAndFill,
  type ImageRequest,
  type ListedTree,
  readTree,
  writeFilesystemImage,
} from './write-image.ts';

const LARGEST_LIST = 256 * 1024 * 1024;
const COPY_SECONDS = 3600;

/** Writes a layer's filesystem, and the list of what is in it, beside its tree. */
export async function writeLayerImage(runner: Runner, request: ImageRequest): Promise<void> {
  makeDirectory(request.work, 0o700);
  writeList(request, await writeFilesystemImage(runner, request));
}

/**
 * Makes the filesystem of a tree out of a layer's: a copy, in which debugfs(8) changes what is different. The bits follow
 * from the two trees alone. A tree that has outgrown the layer's filesystem gets one of its own size.
 * @throws Failure RL1510, RL1511
 */
export async function updateFilesystemImage(
  runner: Runner,
  request: ImageRequest & { readonly base: string; readonly upper: string },
): Promise<void> {
  const { base, upper, image, work } = request;
  makeDirectory(work, 0o700);
  const tree = await readTree(runner, request);
  const from = layerLayout.image(base);
  if (tree.size > (statPath(from)?.size ?? 0)) {
    await formatAndFill(runner, request, tree);
  } else {
    const before = JSON.parse(readTextFile(layerLayout.list(base), LARGEST_LIST)) as TreeEntry[];
    const script = buildUpdateScript({
      before,
      after: tree.entries,
      attributes: tree.attributes,
      touched: listTouched(upper),
    });
    removeFile(image);
    const argv = ['cp', '--reflink=auto', '--sparse=auto', '--', from, image];
    requireSuccess(await runner.run({ argv, deadlineSeconds: COPY_SECONDS }));
    await changeImage(runner, request, script);
  }
  writeList(request, tree);
}

function writeList({ image }: ImageRequest, { entries }: ListedTree): void {
  const directory = image.slice(0, image.lastIndexOf('/'));
  writeFileAtomically(layerLayout.list(directory), JSON.stringify(entries), 0o600);
}

/** Paths of what an upper directory holds of its own; a device 0/0 stands for what was removed. */
function listTouched(upper: string): Set<string> {
  const touched = new Set<string>();
  const visit = (path: string) => {
    for (const name of readdirSync(`${upper}${path}`)) {
      const here = `${path}/${name}`;
      const stats = lstatSync(`${upper}${here}`);
      if (stats.isCharacterDevice() && stats.rdev === 0) continue;
      touched.add(here);
      if (stats.isDirectory()) visit(here);
    }
  };
  visit('');
  return touched;
}
