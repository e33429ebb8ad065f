import type { ImageManifest } from '../../image/manifest.ts';
import { renderLocaleGen } from '../../render/locale.ts';
import { buildChrootArgv } from '../../tools/chroot.ts';
import { buildChrootInstallArgv } from '../../tools/debootstrap.ts';
import { buildGrowArgv, buildSetUuidArgv } from '../../tools/ext-image.ts';
import { formatSourceLine } from '../../tools/mmdebstrap.ts';
import type { Action, Step } from '../types.ts';
import { withMountedRoot } from './mounted-root.ts';
import { text } from './overlay.ts';
import { listPackages } from './packages.ts';
import { checkRoot, personaliseRoot } from './personalise.ts';
import type { PlanContext } from './request.ts';
import { findProxy, listSources } from './sources.ts';
import { finishVolumes, layOutRoot, partitionRoot, prepareBoot, writeBootLoader } from './write.ts';

const HOUR = 3600;
const INSTALL_CONF = '/etc/apt/apt.conf.d/01relight-install';

/** The image that a guest is restored from, as its store has it. */
export interface ImageSource {
  readonly store: string;
  /** SHA-256 of the manifest. */
  readonly hash: string;
  readonly manifest: ImageManifest;
}

/**
 * Route `image:NAME`: the blocks of a standard image onto the new root volume, the filesystem grown to its size, and then
 * what every guest gets: identity, users, files, network, boot loader, the end-state check.
 */
export function restoreRoot(context: PlanContext): Action[] {
  const { image } = context;
  if (image === undefined) throw new TypeError('the command has found the image');
  const layout = layOutRoot(context);
  const place = { offset: layout.rootOffset, size: layout.rootSize };
  const inRoot = (action: Action) => withMountedRoot(context, place, action);
  const identity = personaliseRoot(context);
  const check = checkRoot(context);
  return [
    restoreBlocks(context, image),
    inRoot({
      ...identity,
      redoFrom: 'restore-image',
      steps: [...adaptImage(context, image), ...identity.steps],
    }),
    inRoot(prepareBoot(context)),
    inRoot({ ...check, steps: [...check.steps, ...writeBootLoader(context)] }),
    writeRest(context),
  ];
}

function restoreBlocks(context: PlanContext, { store, hash, manifest }: ImageSource): Action {
  const { rootDisk } = context;
  const device = rootDisk.volume.path;
  const { rootOffset: offset, rootSize } = layOutRoot(context);
  const run = (argv: readonly string[]): Step => ({ do: 'run', argv, deadline: HOUR });
  return {
    id: 'restore-image',
    phase: 'install',
    title: `restore ${manifest.name}@${hash.slice(0, 12)} onto the root volume`,
    creates: [],
    destroys: [],
    probe: { kind: 'journal' },
    steps: [
      // Blocks first: a file is emptied by it.
      { do: 'restore-image', store, image: manifest.name, manifest: hash, device, offset },
      partitionRoot(context),
      run(buildSetUuidArgv(device, offset, rootDisk.filesystemUuid)),
      run(buildGrowArgv(device, offset, rootSize)),
    ],
    undo: [],
  };
}

/** What the image lacks of the guest: packages, and its locale. */
function adaptImage(context: PlanContext, { manifest }: ImageSource): Step[] {
  const { rootfs, guest } = context;
  const inside = (command: readonly string[], deadline = HOUR): Step => ({
    do: 'run',
    argv: buildChrootArgv(rootfs, command),
    deadline,
  });
  const isOther = guest.locale !== manifest.locale && guest.locale !== 'C.UTF-8';
  return [
    { do: 'unpack-overlay', root: rootfs, entries: [text('/etc/locale.gen', renderLocaleGen(guest.locale))] },
    ...installMissing(context, listMissing(context, manifest), inside),
    ...(isOther ? [inside(['locale-gen'])] : []),
  ];
}

/** Packages that the guest needs and the image does not have. */
export function listMissing(context: PlanContext, manifest: ImageManifest): string[] {
  const present = new Set(manifest.packages.map((each) => each.name));
  return listPackages(context).filter((name) => !present.has(name));
}

/** apt inside the root, with the machine's name servers for that time; its settings go again. */
function installMissing(
  context: PlanContext,
  packages: readonly string[],
  inside: (command: readonly string[]) => Step,
): Step[] {
  if (packages.length === 0) return [];
  const proxy = findProxy(context);
  const lines = listSources(context).map((source) => formatSourceLine(source, context.facts.keyring));
  const settings = [
    'Acquire::Retries "3";',
    'Acquire::http::Timeout "30";',
    'Acquire::Languages "none";',
    ...(proxy === undefined ? [] : [`Acquire::http::Proxy "${proxy}";`]),
  ];
  const resolver = text('/etc/resolv.conf', '');
  return [
    {
      do: 'unpack-overlay',
      root: context.rootfs,
      entries: [
        text('/etc/apt/sources.list', `${lines.join('\n')}\n`),
        text(INSTALL_CONF, `${settings.join('\n')}\n`),
        { ...resolver, body: { kind: 'host-file', path: '/etc/resolv.conf' } },
      ],
    },
    inside(['apt-get', 'update']),
    inside(buildChrootInstallArgv(packages)),
    inside(['rm', '-f', INSTALL_CONF]),
    inside(['apt-get', 'clean']),
    inside(['find', '/var/lib/apt/lists', '-type', 'f', '-delete']),
  ];
}

function writeRest(context: PlanContext): Action {
  return {
    id: 'write-volumes',
    phase: 'write',
    title: 'write the other volumes, and everything to the disk',
    creates: [],
    destroys: [],
    probe: { kind: 'journal' },
    steps: finishVolumes(context),
    undo: [],
    settles: true,
  };
}
