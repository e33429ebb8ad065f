import type { ImageStep } from '../../plan/image-steps.ts';
import { buildOverlayMountArgv } from '../../tools/overlay-mount.ts';
import { makeDirectory } from '../files.ts';
import { requireSuccess } from '../runner.ts';
import type { StepContext } from './context.ts';
import { unmountRoot } from './mount-root.ts';

/**
 * Mounts the layers of an image with a directory for what is changed. What kill -9 left mounted is unmounted first. The
 * state directory must lie on a filesystem that overlayfs writes to: ext4, xfs, btrfs or tmpfs, no NFS.
 */
export async function mountLayers(
  step: Extract<ImageStep, { do: 'mount-layers' }>,
  context: StepContext,
): Promise<void> {
  await unmountRoot(step, context);
  makeDirectory(step.upper, 0o755);
  makeDirectory(step.work, 0o700);
  makeDirectory(step.path, 0o700);
  const argv = buildOverlayMountArgv(step);
  requireSuccess(await context.runner.run({ argv, deadlineSeconds: 120 }), { logPath: context.logPath });
}
