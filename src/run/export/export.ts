import { chmodSync, mkdtempSync } from 'node:fs';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { pathExists, renameSynced, statPath } from '../files.ts';
import { removeWorkTree } from '../files-tree.ts';
import type { ImageStore } from '../image-store.ts';
import type { Runner } from '../runner.ts';
import { EXPORTERS } from './formats.ts';

/**
 * Writes an image in another format. The output gets its name when it is whole; on a failure nothing is left.
 * @throws Failure RL1630, RL1631
 */
export async function exportImage(request: {
  readonly store: ImageStore;
  readonly runner: Runner;
  readonly image: string;
  readonly format: string;
  /** Absolute. */
  readonly output: string;
}): Promise<void> {
  const { store, runner, format, output } = request;
  const exporter = Object.hasOwn(EXPORTERS, format) ? EXPORTERS[format] : undefined;
  if (exporter === undefined) {
    throw makeFailure(EXIT.usage, 'RL1630', { format, formats: Object.keys(EXPORTERS).join(', ') });
  }
  if (pathExists(output)) {
    throw makeFailure(EXIT.usage, 'RL1631', { path: output });
  }
  const image = store.find(request.image);
  const manifest = store.readManifest(image);
  const parent = output.slice(0, output.lastIndexOf('/')) || '/';
  const work = mkdtempSync(`${parent}/.relight-export-`);
  try {
    const draft = `${work}/output`;
    await exporter({ store, runner, manifest, hash: image.hash, work }, draft);
    chmodSync(draft, statPath(draft)?.isDirectory() === true ? 0o755 : 0o644);
    renameSynced(draft, output);
  } finally {
    await removeWorkTree(runner, work, parent);
  }
}
