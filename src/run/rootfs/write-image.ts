import { EXIT, type Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { buildDebugfsArgv, buildPopulateScript, findDebugfsErrors } from '../../tools/debugfs.ts';
import {
  buildFilesystemCheckArgv,
  buildImageFormatArgv,
  chooseFilesystemSize,
  fixFilesystemClock,
  IMAGE_BLOCK,
} from '../../tools/ext-image.ts';
import { createSparseFile, removeFile, writeFileAtomically } from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import { readAttributes } from './attributes.ts';
import { listTree } from './tree.ts';

const DEADLINE_SECONDS = 3600;

export interface ImageRequest {
  readonly root: string;
  /** The image file; what is there is replaced. */
  readonly image: string;
  /** A directory of its own for what debugfs reads. */
  readonly work: string;
  readonly uuid: string;
  readonly epoch: number;
}

/**
 * Writes a tree into an ext4 filesystem in a file, bit for bit the same wherever and whenever it is done.
 * @throws Failure RL1510 for a name that cannot be written, RL1511 when e2fsprogs makes no sound filesystem of it
 */
export async function writeFilesystemImage(runner: Runner, request: ImageRequest): Promise<void> {
  const { root, image, work, uuid, epoch } = request;
  const entries = listTree(root, epoch);
  const attributes = await readAttributes(
    runner,
    root,
    entries.map((entry) => entry.path),
    `${work}/attributes`,
  );
  const bytes = entries.reduce(
    (sum, { kind }) => sum + (kind.type === 'file' ? roundUp(kind.size) : IMAGE_BLOCK / 8),
    0,
  );
  const size = chooseFilesystemSize(bytes, entries.length);
  const script = `${work}/populate`;
  writeFileAtomically(script, buildPopulateScript(entries, attributes), 0o600);
  removeFile(image);
  createSparseFile(image, size, 0o600);
  const environment = fixFilesystemClock(epoch);
  const run = async (argv: readonly string[]) =>
    requireSuccess(await runner.run({ argv, environment, deadlineSeconds: DEADLINE_SECONDS }));
  await run(buildImageFormatArgv(image, size, uuid));
  const filled = await run(buildDebugfsArgv(script, image));
  const [error] = findDebugfsErrors(filled.stderr);
  if (error !== undefined) throw refuse(error);
  await run(buildFilesystemCheckArgv(image));
}

function refuse(error: string): Failure {
  return makeFailure(EXIT.failed, 'RL1511', { error });
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / IMAGE_BLOCK) * IMAGE_BLOCK;
}
