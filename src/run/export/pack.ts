import { buildPackFilesystemArgv, buildZstdFileArgv } from '../../tools/tar.ts';
import { makeDirectory, removeFile } from '../files.ts';
import { requireSuccess } from '../runner.ts';
import { writeFilesystem } from './filesystem.ts';
import type { ExportRequest } from './formats.ts';

const PACK_SECONDS = 3600;

/** The root filesystem as a tar in the working directory. Returns its path. */
export async function packRoot({ store, runner, manifest, work }: ExportRequest): Promise<string> {
  const filesystem = `${work}/filesystem.img`;
  const tar = `${work}/root.tar`;
  await writeFilesystem(store, runner, manifest, filesystem);
  makeDirectory(`${work}/mount`, 0o700);
  const argv = buildPackFilesystemArgv(filesystem, `${work}/mount`);
  requireSuccess(await runner.run({ argv, outputFile: tar, deadlineSeconds: PACK_SECONDS }));
  removeFile(filesystem);
  return tar;
}

/** The same, compressed by zstd. */
export async function writeTarZst(request: ExportRequest, target: string): Promise<void> {
  const tar = await packRoot(request);
  const argv = buildZstdFileArgv(tar);
  requireSuccess(await request.runner.run({ argv, outputFile: target, deadlineSeconds: PACK_SECONDS }));
}
