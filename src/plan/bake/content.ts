import { renderFstab } from '../../render/fstab.ts';
import { renderGrubDefaults } from '../../render/grub-defaults.ts';
import type { ImageFragment } from '../../spec/image-types.ts';
import { buildBiosImageArgv } from '../../tools/grub.ts';
import { listFiles, listRegionFiles, text } from '../rebuild/overlay.ts';
import { CORE_IMAGE } from '../rebuild/write.ts';
import type { Action, Step } from '../types.ts';
import { CLEAN_SCRIPT } from './clean.ts';
import { type BakeContext, inRoot, plain } from './context.ts';
import { nameLayer } from './layer.ts';
import { type Stage, updateImage, withLayers } from './stage.ts';

/** Seconds for one of the spec's own commands. */
const RUN_DEADLINE = 1800;

/** Files and commands of the roles, once for what they are, and kept. */
export function makeRoleLayer(context: BakeContext): Action[] {
  const { roleLayer, layer, layers, work, request } = context;
  if (roleLayer === undefined || request.madeLayers.includes(roleLayer)) return [];
  const stage = { lower: [layer], draft: `${work}/roles` };
  const action = withLayers(context, stage, {
    ...plain('make-role-layer', 'personalise', 'add files and commands of the roles'),
    steps: [
      ...addFragment(context, request.image.fromRoles),
      inRoot(context, context.rootfs, ['sh', '-c', CLEAN_SCRIPT]),
      updateImage(context, stage),
    ],
    undo: [{ do: 'remove-work', path: stage.draft }],
  });
  return [
    {
      ...action,
      creates: [{ kind: 'directory', name: roleLayer }],
      probe: { kind: 'path', path: roleLayer },
      steps: [
        ...startAnew(context, stage),
        ...action.steps,
        { do: 'make-directory', path: layers, mode: 0o700 },
        ...nameLayer(stage.draft, roleLayer),
      ],
    },
  ];
}

/** Where the image's own files and commands go. */
export function listContentStage({ roleLayer, layer, work }: BakeContext): Stage {
  return { lower: roleLayer === undefined ? [layer] : [roleLayer, layer], draft: `${work}/content` };
}

/** The image's own files and commands over the layers. An interrupted one begins again from nothing. */
export function addContent(context: BakeContext, stage: Stage): Action {
  const { rootfs, uuid } = context;
  const { image } = context.request;
  const commandLine = `root=UUID=${uuid} ro`;
  const action = withLayers(context, stage, {
    ...plain('add-content', 'personalise', 'add files, commands, region and boot menu over the layers'),
    steps: [
      inRoot(context, rootfs, ['rm', '-f', '/etc/localtime']),
      {
        do: 'unpack-overlay',
        root: rootfs,
        entries: [
          ...listRegionFiles(image),
          text('/etc/fstab', renderFstab([{ role: 'root', uuid, filesystem: 'ext4', mount: '/' }])),
          text('/etc/default/grub.d/relight.cfg', renderGrubDefaults({ commandLine, serial: true })),
        ],
      },
      ...addFragment(context, image.own),
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
  });
  return { ...action, steps: [...startAnew(context, stage), ...action.steps] };
}

function startAnew({ rootfs }: BakeContext, { draft }: Stage): Step[] {
  return [
    { do: 'unmount-root', path: rootfs },
    { do: 'remove-work', path: draft },
    { do: 'remove-work', path: `${draft}.work` },
    { do: 'make-directory', path: draft, mode: 0o700 },
  ];
}

function addFragment(context: BakeContext, { files, run }: ImageFragment): Step[] {
  const { rootfs } = context;
  return [
    { do: 'unpack-overlay', root: rootfs, entries: listFiles(files) },
    ...run.map((command) => inRoot(context, rootfs, ['/bin/sh', '-c', command], RUN_DEADLINE)),
  ];
}
