import { EXIT, type Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import {
  buildDebugfsArgv,
  buildPopulateScript,
  findDebugfsErrors,
  type TreeAttribute,
  type TreeEntry,
} from '../../tools/debugfs.ts';
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

/** A tree, as it is written into a filesystem. */
export interface ListedTree {
  readonly entries: readonly TreeEntry[];
  readonly attributes: readonly TreeAttribute[];
  /** Bytes of a filesystem that it fits into. */
  readonly size: number;
}

/**
 * Writes a tree into an ext4 filesystem in a file, bit for bit the same wherever and whenever it is done.
 * @throws Failure RL1510 for a name that cannot be written, RL1511 when e2fsprogs makes no sound filesystem of it
 */
export async function writeFilesystemImage(runner: Runner, request: ImageRequest): Promise<ListedTree> {
  const tree = await readTree(runner, request);
  await formatAndFill(runner, request, tree);
  return tree;
}

/** Lists a tree with its attributes. */
export async function readTree(
  runner: Runner,
  { root, work, epoch }: Pick<ImageRequest, 'root' | 'work' | 'epoch'>,
): Promise<ListedTree> {
  const entries = listTree(root, epoch);
  const paths = entries.map((entry) => entry.path);
  const attributes = await readAttributes(runner, root, paths, `${work}/attributes`);
  const bytes = entries.reduce(
    (sum, { kind }) => sum + (kind.type === 'file' ? roundUp(kind.size) : IMAGE_BLOCK / 8),
    0,
  );
  return { entries, attributes, size: chooseFilesystemSize(bytes, entries.length) };
}

/** Makes a new filesystem of a listed tree. */
export async function formatAndFill(runner: Runner, request: ImageRequest, tree: ListedTree): Promise<void> {
  const { image, epoch, uuid } = request;
  const { entries, attributes, size } = tree;
  const script = buildPopulateScript(entries, attributes);
  removeFile(image);
  createSparseFile(image, size, 0o600);
  requireSuccess(
    await runner.run({
      argv: buildImageFormatArgv(image, size, uuid),
      environment: fixFilesystemClock(epoch),
      deadlineSeconds: DEADLINE_SECONDS,
    }),
  );
  await changeImage(runner, request, script);
}

/** Gives debugfs(8) its commands, and looks whether the filesystem is sound afterwards. */
export async function changeImage(runner: Runner, request: ImageRequest, commands: string): Promise<void> {
  const { image, work, epoch } = request;
  const script = `${work}/commands`;
  writeFileAtomically(script, commands, 0o600);
  const environment = fixFilesystemClock(epoch);
  const run = async (argv: readonly string[]) =>
    requireSuccess(await runner.run({ argv, environment, deadlineSeconds: DEADLINE_SECONDS }));
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
