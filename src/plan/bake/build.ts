import { hashLock } from '../../image/lock.ts';
import { renderFstab } from '../../render/fstab.ts';
import { renderGrubDefaults } from '../../render/grub-defaults.ts';
import { buildBiosImageArgv } from '../../tools/grub.ts';
import { listFiles, listRegionFiles, text } from '../rebuild/overlay.ts';
import { CORE_IMAGE } from '../rebuild/write.ts';
import type { Action, Plan } from '../types.ts';
import { CLEAN_SCRIPT } from './clean.ts';
import { type BakeContext, inRoot, makeBakeContext } from './context.ts';
import { makeLayer } from './layer.ts';
import { type BakeRequest, hashImageSpec } from './request.ts';

/** Seconds for one of the spec's own commands. */
const RUN_DEADLINE = 1800;

/**
 * Plans a bake: the layer of packages if it is not there, a copy of it with the image's files and commands, the checks,
 * the filesystem, the store. The commit is the manifest: before it the store lists the image as it was.
 */
export function buildBakePlan(request: BakeRequest): Plan {
  const context = makeBakeContext(request);
  const actions: Action[] = [
    prepareBake(context),
    ...makeLayer(context),
    addContent(context),
    checkImage(context),
    writeImage(context),
    storeImage(context),
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

/** Files and commands of roles and image on a copy of the layer. An interrupted one begins again with a fresh copy. */
function addContent(context: BakeContext): Action {
  const { rootfs, layer, uuid } = context;
  const { image } = context.request;
  const commandLine = `root=UUID=${uuid} ro`;
  return {
    ...plain(
      'add-content',
      'personalise',
      'add files, commands, region and boot menu to a copy of the layer',
    ),
    steps: [
      { do: 'remove-work', path: rootfs },
      { do: 'run', argv: ['cp', '-a', '--reflink=auto', '--', layer, rootfs], deadline: 1800 },
      inRoot(context, rootfs, ['rm', '-f', '/etc/localtime']),
      {
        do: 'unpack-overlay',
        root: rootfs,
        entries: [
          ...listRegionFiles(image),
          text('/etc/fstab', renderFstab([{ role: 'root', uuid, filesystem: 'ext4', mount: '/' }])),
          text('/etc/default/grub.d/relight.cfg', renderGrubDefaults({ commandLine, serial: true })),
          ...listFiles(image.files),
        ],
      },
      ...image.run.map((command) => inRoot(context, rootfs, ['/bin/sh', '-c', command], RUN_DEADLINE)),
      {
        do: 'write-grub-config',
        root: rootfs,
        rootUuid: uuid,
        commandLine: `${commandLine} console=tty0 console=ttyS0,115200n8`,
        serial: true,
      },
      inRoot(context, rootfs, buildBiosImageArgv(CORE_IMAGE)),
      inRoot(context, rootfs, ['sh', '-c', CLEAN_SCRIPT]),
    ],
  };
}

function checkImage({ rootfs, request }: BakeContext): Action {
  return {
    ...plain('check-image', 'check', 'look for what must not be in an image'),
    steps: [{ do: 'check-hygiene', root: rootfs, known: request.knownPrivileged }],
  };
}

function writeImage({ rootfs, work, uuid, epoch }: BakeContext): Action {
  return {
    ...plain('write-image', 'write', 'write the filesystem'),
    steps: [{ do: 'write-image', root: rootfs, image: `${work}/image`, work: `${work}/write`, uuid, epoch }],
  };
}

function storeImage({ rootfs, work, uuid, epoch, request }: BakeContext): Action {
  const { image, lock, fileHashes, relightVersion } = request;
  return {
    ...plain('store-image', 'commit', `put the image into the store ${request.store}`),
    steps: [
      {
        do: 'store-image',
        root: rootfs,
        image: `${work}/image`,
        store: request.store,
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
  };
}

function finishBake({ work, layers, layer }: BakeContext): Action {
  return {
    ...plain('finish', 'finish', 'tidy up'),
    destroys: [{ kind: 'directory', name: work }],
    steps: [
      { do: 'remove-work', path: work },
      { do: 'prune-layers', directory: layers, keep: [layer] },
    ],
  };
}

function plain(id: string, phase: Action['phase'], title: string): Action {
  return { id, phase, title, creates: [], destroys: [], probe: { kind: 'journal' }, steps: [], undo: [] };
}
