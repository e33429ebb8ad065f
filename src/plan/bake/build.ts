import { layerLayout } from '../../image/layer.ts';
import { hashLock } from '../../image/lock.ts';
import type { Action, Plan } from '../types.ts';
import { addContent, listContentStage, makeRoleLayer } from './content.ts';
import { type BakeContext, makeBakeContext, plain } from './context.ts';
import { makeLayer } from './layer.ts';
import { type BakeRequest, hashImageSpec } from './request.ts';
import { type Stage, updateImage, withLayers } from './stage.ts';

/**
 * Plans a bake: the layer of packages and that of the roles if they are not there, the image's files and commands over
 * them, the checks, the filesystem, the store. The commit is the manifest: before it the store lists the image as it was.
 */
export function buildBakePlan(request: BakeRequest): Plan {
  const context = makeBakeContext(request);
  const content = listContentStage(context);
  const actions: Action[] = [
    prepareBake(context),
    ...makeLayer(context),
    ...makeRoleLayer(context),
    addContent(context, content),
    checkImage(context, content),
    writeImage(context, content),
    storeImage(context, content),
    finishBake(context),
  ];
  return {
    version: 1,
    relight: request.relightVersion,
    guest: request.image.name,
    operation: request.operation,
    hypervisor: 'qemu',
    route: 'bake',
    specHash: hashImageSpec(request.image, request.fileHashes),
    hostHash: hashLock(request.lock),
    replaces: undefined,
    commitAction: 'store-image',
    actions,
    secrets: [],
  };
}

function prepareBake({ work }: BakeContext): Action {
  return {
    ...plain('prepare-work', 'prepare', 'make room to work in'),
    creates: [{ kind: 'directory', name: work }],
    steps: [{ do: 'make-directory', path: work, mode: 0o700 }],
    undo: [{ do: 'remove-work', path: work }],
  };
}

function checkImage(context: BakeContext, stage: Stage): Action {
  const { rootfs, request } = context;
  return withLayers(context, stage, {
    ...plain('check-image', 'check', 'look for what must not be in an image'),
    steps: [{ do: 'check-hygiene', root: rootfs, known: request.knownPrivileged }],
  });
}

function writeImage(context: BakeContext, stage: Stage): Action {
  return withLayers(context, stage, {
    ...plain('write-image', 'write', 'write the filesystem'),
    steps: [updateImage(context, stage)],
  });
}

function storeImage(context: BakeContext, stage: Stage): Action {
  const { rootfs, uuid, epoch, request } = context;
  const { image, lock, fileHashes, relightVersion } = request;
  return withLayers(context, stage, {
    ...plain('store-image', 'commit', `put the image into the store ${request.store}`),
    steps: [
      {
        do: 'store-image',
        root: rootfs,
        image: layerLayout.image(stage.draft),
        store: request.store,
        compact: request.compact,
        facts: {
          name: image.name,
          relight: relightVersion,
          suite: image.suite,
          locale: image.locale,
          epoch,
          lockHash: hashLock(lock),
          specHash: hashImageSpec(image, fileHashes),
          uuid,
          packages: lock.packages,
        },
      },
    ],
  });
}

function finishBake({ work, layers, layer, roleLayer }: BakeContext): Action {
  return {
    ...plain('finish', 'finish', 'tidy up'),
    destroys: [{ kind: 'directory', name: work }],
    steps: [
      { do: 'remove-work', path: work },
      { do: 'prune-layers', directory: layers, keep: roleLayer === undefined ? [layer] : [layer, roleLayer] },
    ],
  };
}
