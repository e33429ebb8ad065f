import { chmodSync, closeSync, constants, openSync, rmSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ByteSource } from '../iso/byte-source.ts';
import { planHybrid } from '../iso/remaster/hybrid.ts';
import type { RemasterPlan } from '../iso/remaster/plan.ts';
import {
  buildGrowArgv,
  buildRewriteArgv,
  buildXorrisoEnvironment,
  parseXorrisoProgress,
} from '../tools/xorriso.ts';
import { writeStage } from './image-stage.ts';
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
}

/** For a rewrite of any image that one writes to a stick. */
const DEADLINE_SECONDS = 3600;

/** Writes the planned image as `draft`, by the quickest way that gives a true one. @throws Failure RL0601 to RL0604 */
export async function writeDraft(
  runner: Runner,
  request: WriteRequest,
  onProgress?: (percent: number) => void,
): Promise<WriteMethod> {
  const { draft, plan } = request;
  closeSync(openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600));
  const stage = writeStage(plan, dirname(draft));
  try {
    const tree = join(stage, 'tree');
    const method = await chooseMethod(request);
    if (method === 'rewrite') {
      await runXorriso(
        runner,
        buildRewriteArgv({ ...request, output: draft, stage: tree }),
        plan,
        onProgress,
      );
      return method;
    }
    await copyFile(request.input, draft, constants.COPYFILE_FICLONE);
    // The copy took the input's mode; what comes now is secret.
    chmodSync(draft, 0o600);
    const argv = buildGrowArgv({ output: draft, stage: tree, hasJoliet: request.hasJoliet });
    // xorriso mostly waits for itself, and the disk has much to write: what is on it already need not be waited for later.
    await Promise.all([syncDraft(draft), runXorriso(runner, argv, plan)]);
    if (method === 'append') await patchTables(request);
    return method;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
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

async function patchTables({ source, draft }: WriteRequest): Promise<void> {
  const file = await open(draft, 'r+');
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
