import { dirname } from 'node:path';
import { listDirectory } from '../directory.ts';
import { removeWorkTree } from '../files-tree.ts';
import type { Runner } from '../runner.ts';

/** Removes the layers of a directory that are not to be kept. */
export async function pruneLayers(runner: Runner, directory: string, keep: readonly string[]): Promise<void> {
  for (const name of listDirectory(directory)) {
    const path = `${directory}/${name}`;
    if (!keep.includes(path)) await removeWorkTree(runner, path, dirname(path));
  }
}
