import { existsSync, rmdirSync } from 'node:fs';
import type { Step } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { buildMountArgv, buildUnmountArgv, type FilesystemPlace } from '../../tools/mount.ts';
import { buildPartitionTableArgv, parsePartitionTable } from '../../tools/partition-table.ts';
import { makeDirectory } from '../files.ts';
import { listMounts, resolveBelow } from '../files-tree.ts';
import { requireSuccess } from '../runner.ts';
import type { StepContext } from './context.ts';

type MountStep = Extract<Step, { do: 'mount-root' }>;

/**
 * Mounts the root filesystem inside a volume. kill -9 may leave it mounted: the same step, or `unmount-root`, clears it.
 * @throws Failure RL0611 for a path outside of `work`, RL1201 or RL1202 when the volume has no such partition
 */
export async function mountRoot(step: MountStep, context: StepContext): Promise<void> {
  await unmountRoot(step, context);
  const place =
    'offset' in step.place ? step.place : await findPartition(step, step.place.partition, context);
  makeDirectory(step.path, 0o700);
  const argv = buildMountArgv(step.device, place, step.path, step.readOnly);
  requireSuccess(await context.runner.run({ argv, deadlineSeconds: 120 }), { logPath: context.logPath });
}

/** Unmounts what `mount-root` has mounted, all layers of it, and takes the empty mount point away. */
export async function unmountRoot(step: { readonly path: string }, context: StepContext): Promise<void> {
  if (!existsSync(step.path)) return;
  const path = resolveBelow(step.path, `${context.paths.state}/work`);
  const layers = listMounts().filter((mounted) => mounted === path).length;
  if (layers === 0) return;
  for (let layer = 0; layer < layers; layer += 1) {
    // Unmounting writes everything back: on a slow disk that takes its time.
    requireSuccess(await context.runner.run({ argv: buildUnmountArgv(path), deadlineSeconds: 600 }), {
      logPath: context.logPath,
    });
  }
  rmdirSync(path);
}

async function findPartition(
  step: MountStep,
  number: number,
  context: StepContext,
): Promise<FilesystemPlace> {
  const listed = await context.runner.run({
    argv: buildPartitionTableArgv(step.device),
    deadlineSeconds: 60,
  });
  const found = parsePartitionTable(requireSuccess(listed).stdout).find((each) => each.number === number);
  if (found !== undefined) return found;
  throw new Failure(EXIT.failed, 'RL1202', `${step.device} has no partition ${number}`);
}
