import type { Step } from '../../plan/types.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { buildSetUuidArgv } from '../../tools/filesystem.ts';
import { buildPartitionTableArgv, parsePartitionTable } from '../../tools/partition-table.ts';
import { requireSuccess } from '../runner.ts';
import type { StepContext } from './context.ts';

/**
 * Makes the filesystem that the installer has made relight's own: it is checked, and gets the UUID that the plan gave
 * it. The BIOS boot partition must lie where GRUB's image will be written.
 * @throws Failure RL1208 when the installer laid the disk out in another way
 */
export async function adoptRoot(
  step: Extract<Step, { do: 'adopt-root' }>,
  context: StepContext,
): Promise<void> {
  const run = async (argv: readonly string[], accept: readonly number[] = []) =>
    requireSuccess(await context.runner.run({ argv, deadlineSeconds: 1800, accept }), {
      logPath: context.logPath,
    });
  const table = parsePartitionTable((await run(buildPartitionTableArgv(step.device))).stdout);
  const root = table.find(({ number }) => number === step.partition);
  const isRight = root !== undefined && table.some(({ offset }) => offset === step.biosOffset);
  if (!isRight) {
    const found = table.map(({ number, offset, size }) => `${number}: ${size} bytes at ${offset}`).join(', ');
    throw makeFailure(EXIT.failed, 'RL1208', { found });
  }
  const { check, set } = buildSetUuidArgv(step.device, root.offset, step.uuid);
  // e2fsck(8): 1 means that it has mended something.
  await run(check, [1]);
  await run(set);
}
