import type { ImageStep } from '../../plan/image-steps.ts';
import { checkHygiene, listPrivileged } from '../bake/hygiene.ts';
import { checkPackages } from '../bake/installed.ts';
import { pruneLayers } from '../bake/layers.ts';
import { fetchPackages, makeRepository } from '../bake/packages.ts';
import { storeFilesystem } from '../image-chunker.ts';
import { restoreImage } from '../image-restore.ts';
import { openImageStore } from '../image-store.ts';
import { updateFilesystemImage, writeLayerImage } from '../rootfs/update-image.ts';
import type { StepContext } from './context.ts';
import { mountLayers } from './mount-layers.ts';

/** Gives the steps of standard images their effect. Each may be performed again. @throws Failure */
export async function performImageStep(step: ImageStep, context: StepContext): Promise<void> {
  const { runner } = context;
  switch (step.do) {
    case 'fetch-packages':
      return fetchPackages(step, runner, context.listener.note);
    case 'make-repository':
      return makeRepository(step, runner);
    case 'check-packages':
      return checkPackages(step.root, step.packages);
    case 'check-hygiene':
      return checkHygiene(step.root, step.known);
    case 'write-image':
      return writeLayerImage(runner, step);
    case 'update-image':
      return updateFilesystemImage(runner, step);
    case 'mount-layers':
      return mountLayers(step, context);
    case 'store-image':
      return storeImage(step, context);
    case 'prune-layers':
      return pruneLayers(runner, step.directory, step.keep);
    case 'restore-image':
      return restoreImage(step, context);
  }
}

async function storeImage(
  step: Extract<ImageStep, { do: 'store-image' }>,
  { runner, listener }: StepContext,
): Promise<void> {
  const store = openImageStore(step.store, runner, step.compact);
  const { filesystem, chunks } = await storeFilesystem(runner, step.image, store, (percent) =>
    listener.progress(percent, 'chunks'),
  );
  const { uuid, packages, ...facts } = step.facts;
  await store.putManifest(
    {
      format: 1,
      ...facts,
      architecture: 'amd64',
      packages: packages.map(({ name, version, architecture, sha256 }) => ({
        name,
        version,
        architecture,
        sha256,
      })),
      privileged: listPrivileged(step.root),
      filesystem: { ...filesystem, uuid },
      chunks,
    },
    new Date().toISOString(),
  );
}
