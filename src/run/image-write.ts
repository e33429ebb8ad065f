import { chmodSync, closeSync, constants, openSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ByteSource } from '../iso/byte-source.ts';
import type { Expectation } from '../iso/remaster/compare.ts';
import { planHybrid } from '../iso/remaster/hybrid.ts';
import type { RemasterPlan } from '../iso/remaster/plan.ts';
import { type ByteRange, findSkeleton } from '../iso/remaster/skeleton.ts';
import {
  buildGrowArgv,
  buildRewriteArgv,
  buildXorrisoEnvironment,
  parseXorrisoProgress,
} from '../tools/xorriso.ts';
import { cloneImage, copyImage } from './image-copy.ts';
import { joinSkeleton, writeSkeleton } from './image-skeleton.ts';
import { fillStage, makeStage } from './image-stage.ts';
import { type Runner, requireSuccess } from './runner.ts';

/**
 * `append`: a copy with what is new at its end, and partition tables for the new size. `grow`: the same, tables untouched,
 * for CD use. `rewrite`: written anew by xorriso.
 */
export type WriteMethod = 'append' | 'grow' | 'rewrite';

export interface WriteRequest {
  readonly input: string;
  readonly source: ByteSource;
  /** Does not exist yet; it gets mode 0600. */
  readonly draft: string;
  readonly plan: RemasterPlan;
  readonly hasJoliet: boolean;
  /** An earlier remaster may have put secrets in, which a copy would still hold though no name leads to them. */
  readonly isRemastered: boolean;
  readonly grow: boolean;
  readonly volumeBytes: number;
  readonly expecting: Promise<Expectation>;
  /** The caller syncs the draft in the end: the disk begins with it during the copy. */
  readonly sync: boolean;
}

/** For a rewrite of any image that one writes to a stick. */
const DEADLINE_SECONDS = 3600;

/** Writes the planned image as `draft`, by the quickest way that gives a true one. @throws Failure RL0601 to RL0604, RL1707 */
export async function writeDraft(
  runner: Runner,
  request: WriteRequest,
  onProgress?: (percent: number) => void,
): Promise<WriteMethod> {
  const { draft, plan } = request;
  const method = await chooseMethod(request);
  const stage = makeStage(dirname(draft));
  try {
    if (method === 'rewrite') {
      closeSync(openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600));
      const argv = buildRewriteArgv({ ...request, output: draft, stage: fillStage(stage, plan) });
      await runXorriso(runner, argv, plan, onProgress);
      return method;
    }
    const copy = join(stage, 'copy.iso');
    await copyAndGrow(runner, request, { stage, target: copy });
    if (method === 'append') await patchTables(request.source, copy);
    renameSync(copy, draft);
    return method;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Copies the input, and appends to the copy what is new. */
async function copyAndGrow(
  runner: Runner,
  request: WriteRequest,
  { stage, target }: { readonly stage: string; readonly target: string },
): Promise<void> {
  const { input, sync, plan, hasJoliet } = request;
  const grow = (output: string) =>
    runXorriso(runner, buildGrowArgv({ output, stage: fillStage(stage, plan), hasJoliet }), plan);
  if (await cloneImage({ input, target, sync })) {
    // The copy has the input's mode; what comes now is secret.
    chmodSync(target, 0o600);
    return grow(target);
  }
  const copying = copyImage(runner, { input, target, sync });
  const growing = makeSkeleton(request, stage).then(async (made) => grow(made.path).then(() => made));
  // Nothing may go on in the stage when it is taken away.
  await Promise.allSettled([copying, growing]);
  await copying;
  const { path, ranges } = await growing;
  chmodSync(target, 0o600);
  await joinSkeleton(path, target, ranges);
}

/** xorriso mostly waits for itself and needs little of the image: with its skeleton it works beside the copy. */
async function makeSkeleton(
  { source, volumeBytes, expecting }: WriteRequest,
  stage: string,
): Promise<{ readonly path: string; readonly ranges: readonly ByteRange[] }> {
  const path = join(stage, 'skeleton.iso');
  const { contents } = await expecting;
  const ranges = findSkeleton({ size: source.size, volumeBytes }, contents);
  await writeSkeleton(source, path, ranges);
  return { path, ranges };
}

async function chooseMethod({ grow, isRemastered, source }: WriteRequest): Promise<WriteMethod> {
  if (isRemastered) return 'rewrite';
  if (grow) return 'grow';
  return (await planHybrid(source, source.size)) === undefined ? 'rewrite' : 'append';
}

async function runXorriso(
  runner: Runner,
  argv: readonly string[],
  plan: RemasterPlan,
  onProgress?: (percent: number) => void,
): Promise<void> {
  const result = await runner.run({
    argv,
    environment: buildXorrisoEnvironment(plan.epoch),
    deadlineSeconds: DEADLINE_SECONDS,
    onLine: (_stream, line) => {
      const percent = parseXorrisoProgress(line);
      if (percent !== undefined) onProgress?.(percent);
    },
  });
  requireSuccess(result);
}

async function patchTables(source: ByteSource, image: string): Promise<void> {
  const file = await open(image, 'r+');
  try {
    const patch = await planHybrid(source, (await file.stat()).size);
    if (patch === undefined) throw new TypeError('the tables were readable before');
    await file.truncate(patch.size);
    for (const { offset, bytes } of patch.writes) await file.write(bytes, 0, bytes.length, offset);
  } finally {
    await file.close();
  }
}

/** On the disk before it gets its name, so that a power cut leaves no half image under it either. */
export async function syncDraft(draft: string): Promise<void> {
  const file = await open(draft, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
