import { randomBytes } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openImage } from '../iso/image.ts';
import { inspectImage } from '../iso/inspect.ts';
import { isoFailure } from '../iso/problems.ts';
import { compareWithPlan, type Expectation, expectImage } from '../iso/remaster/compare.ts';
import { findErasure } from '../iso/remaster/erases.ts';
import { planRemaster, type RemasterPlan } from '../iso/remaster/plan.ts';
import type { RemasterRequest } from '../iso/remaster/request.ts';
import { judgeOrigin, type Origin } from '../iso/signature.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { type FileSource, openFileSource } from './byte-source.ts';
import { renameSynced, statPath } from './files.ts';
import { type OriginRequest, readSums } from './image-origin.ts';
import { listLaidFiles, STAGE_START } from './image-stage.ts';
import { syncDraft, type WriteMethod, writeDraft } from './image-write.ts';
import { hashOnce } from './known-hashes.ts';
import type { Runner } from './runner.ts';

export interface BuildRequest extends Omit<RemasterRequest, 'erases' | 'laidFiles'> {
  readonly input: string;
  readonly output: string;
  /** Trees laid over the image, the later over the earlier. */
  readonly overlays: readonly string[];
  readonly origin: Omit<OriginRequest, 'image'>;
  /** The file in which hashes of inputs are kept; undefined: the input is read whatever is known. */
  readonly knownHashes: string | undefined;
  /** Wait until image and manifest are on the disk, before they get their names; always when they replace others. */
  readonly sync: boolean;
  /** Append to a copy instead of writing anew: for CD use. */
  readonly grow: boolean;
  readonly force: boolean;
  readonly eraseDisks: boolean;
  /** Disks that the late script writes to, beyond the one that the preseed names. */
  readonly alsoErases?: readonly string[];
  /** Ends the work; nothing is left then. */
  readonly signal?: AbortSignal;
}

export interface BuildResult {
  readonly output: string;
  readonly manifest: string;
  readonly origin: Origin;
}

/** Of room on the disk beyond the input's size: the skeleton with its boot images, directories written again, padding. */
const SLACK_BYTES = 32 * 1024 * 1024;
/** Milliseconds after which a draft belongs to a run that was killed. */
const LEFTOVER_AGE = 3 * 3600 * 1000;

/**
 * Makes an installation image that installs one guest by itself. The output has mode 0600 and gets its name only after
 * it was read back and found to be what was planned; whatever happens before leaves no file of that name.
 * @throws Failure RL6001 to RL6026, RL1707, RL0601 to RL0604 from xorriso.
 */
export async function buildImage(
  runner: Runner,
  request: BuildRequest,
  onProgress?: (percent: number) => void,
): Promise<BuildResult> {
  try {
    return await makeImage(runner, request, onProgress);
  } catch (error) {
    // What the system says, such as ENOSPC, is no fault of the program.
    if (error instanceof Error && 'syscall' in error) throw isoFailure('not-made', { why: error.message });
    throw error;
  }
}

async function makeImage(
  runner: Runner,
  request: BuildRequest,
  onProgress?: (percent: number) => void,
): Promise<BuildResult> {
  checkOutput(request);
  const sync = request.sync || existsSync(request.output);
  const erasure = findErasure(request.preseed, request.alsoErases);
  if (!erasure.isPinned && !request.eraseDisks) throw isoFailure('erase-disks', { guest: request.guest });
  const input = await openFileSource(request.input);
  try {
    const inspection = await inspectImage(input);
    const [obstacle] = inspection.obstacles;
    if (obstacle !== undefined)
      throw new Failure(EXIT.invalid, obstacle.code, obstacle.message, obstacle.hint);
    const sums = await readSums(runner, { ...request.origin, image: request.input });
    // The longest part of all goes on beside the rest; it is judged before the draft gets its name. Closing the input ends it.
    const algorithm = sums.kind === 'signed' ? sums.algorithm : 'sha256';
    const refuseAborted = () => {
      if (request.signal?.aborted === true)
        throw new Failure(EXIT.interrupted, 'RL0604', 'interrupted while the image was made');
    };
    const hashing = hashOnce(input, algorithm, request.knownHashes, refuseAborted);
    hashing.catch(() => undefined);
    const image = await openImage(input);
    const laidFiles = listLaidFiles(request.overlays);
    const plan = await planRemaster(image, inspection, { ...request, erases: erasure.words, laidFiles });
    checkSpace(request, plan, input.size);
    const hasJoliet = image.trees.includes('joliet');
    const isRemastered = inspection.previous !== undefined;
    const { volumeBytes } = inspection;
    removeLeftovers(request.output);
    const [draft, record] = [nameDraft(request.output), nameDraft(request.output)];
    try {
      // xorriso and the kernel do most of the writing.
      const expecting = expectImage(image, plan);
      expecting.catch(() => undefined);
      const method = await writeDraft(
        runner,
        { ...request, source: input, draft, plan, hasJoliet, isRemastered, volumeBytes, expecting, sync },
        onProgress,
      );
      const isCopy = method !== 'rewrite';
      const [hash] = await Promise.all([hashing, readBack(draft, await expecting, isCopy)]);
      const origin = judgeOrigin(sums, hash, basename(request.input));
      writeManifest(record, request, plan, { method, origin, hash: { [algorithm]: hash } });
      // Side by side they are one commit of the filesystem's journal.
      if (sync) await Promise.all([syncDraft(draft), syncDraft(record)]);
      refuseAborted();
      // Copy and hash are read apart.
      if (!input.isUnchanged()) throw isoFailure('not-made', { why: `${request.input} changed meanwhile` });
      const manifest = `${request.output}.manifest.json`;
      renameSync(record, manifest);
      if (sync) renameSynced(draft, request.output);
      else renameSync(draft, request.output);
      return { output: request.output, manifest, origin };
    } finally {
      for (const path of [draft, record]) rmSync(path, { force: true });
    }
  } finally {
    await input.close();
  }
}

function nameDraft(output: string): string {
  return join(dirname(output), `${draftStart(output)}${randomBytes(6).toString('hex')}.tmp`);
}

function draftStart(output: string): string {
  return `.${basename(output)}.`;
}

/** What a run that was killed has left: it is large, and holds the guest's secrets. A draft takes minutes at most. */
function removeLeftovers(output: string): void {
  const directory = dirname(output);
  for (const name of readdirSync(directory)) {
    const isDraft =
      name.startsWith(draftStart(output)) &&
      /^[0-9a-f]{12}\.tmp$/.test(name.slice(draftStart(output).length));
    if (!isDraft && !name.startsWith(STAGE_START)) continue;
    const path = join(directory, name);
    const age = Date.now() - (statPath(path)?.mtimeMs ?? Date.now());
    if (age > LEFTOVER_AGE) rmSync(path, { recursive: true, force: true });
  }
}

function checkOutput({ input, output, force }: BuildRequest): void {
  if (!existsSync(output)) return;
  if (existsSync(input) && realpathSync(input) === realpathSync(output))
    throw isoFailure('output-is-input', { path: output });
  if (!force) throw isoFailure('output-exists', { path: output });
}

function checkSpace(request: BuildRequest, plan: RemasterPlan, inputBytes: number): void {
  const planned = [
    ...plan.files.map(({ content }) => content.length),
    ...plan.laidFiles.map(({ size }) => size),
  ];
  // They lie in the stage, in the skeleton and in the image.
  const needed = inputBytes + 3 * planned.reduce((sum, size) => sum + size, 0) + SLACK_BYTES;
  const directory = dirname(request.output);
  const facts = statfsSync(directory);
  const free = facts.bavail * facts.bsize;
  // A reflink needs no room, and whether there will be one is not known before.
  if (!request.grow && free < needed) throw isoFailure('no-space', { path: directory, free, needed });
}

/** Reads the draft back and compares it with the plan. */
async function readBack(draft: string, expected: Expectation, isCopy: boolean): Promise<void> {
  const source: FileSource = await openFileSource(draft);
  try {
    await compareWithPlan(await openImage(source), expected, isCopy);
  } finally {
    await source.close();
  }
}

/** The record beside the image. It has no date, so that it is the same for the same inputs. */
function writeManifest(
  path: string,
  request: BuildRequest,
  plan: RemasterPlan,
  made: {
    readonly method: WriteMethod;
    readonly origin: Origin;
    readonly hash: Readonly<Record<string, string>>;
  },
): void {
  const record = {
    ...plan.manifest,
    method: made.method,
    input: { name: basename(request.input), ...made.hash, origin: made.origin },
  };
  writeFileSync(path, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
}
