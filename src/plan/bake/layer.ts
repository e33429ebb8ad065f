import { layerLayout } from '../../image/layer.ts';
import { buildOwnMountsArgv } from '../../tools/chroot.ts';
import { buildLockedBootstrapArgv } from '../../tools/mmdebstrap.ts';
import type { WantedPackage } from '../image-steps.ts';
import { listBootFiles } from '../rebuild/overlay.ts';
import type { Action, Step } from '../types.ts';
import { CLEAN_SCRIPT } from './clean.ts';
import { type BakeContext, inRoot } from './context.ts';
import { listImagePackages } from './request.ts';

const HOUR = 3600;

/** The layer of packages: made once for a lock, and kept. */
export function makeLayer(context: BakeContext): Action[] {
  const { request, work, layer, epoch } = context;
  if (request.madeLayers.includes(layer)) return [];
  const { image } = request;
  const draft = `${work}/layer`;
  const root = layerLayout.tree(draft);
  const early = `${work}/early`;
  const repository = `${work}/repository`;
  const packages = listWanted(context);
  const names = listImagePackages(image);
  const argv = buildLockedBootstrapArgv({
    suite: image.suite,
    target: root,
    packages: names,
    repository,
    early,
  });
  return [
    {
      id: 'fetch-packages',
      phase: 'prepare',
      title: `fetch ${packages.length} packages of the lock`,
      creates: [],
      destroys: [],
      probe: { kind: 'journal' },
      steps: [
        { do: 'make-directory', path: context.packages, mode: 0o755 },
        {
          do: 'fetch-packages',
          cache: context.packages,
          vaults: request.vaults,
          packages,
          proxy: request.proxy,
        },
      ],
      undo: [],
    },
    {
      id: 'make-layer',
      phase: 'install',
      title: `install ${image.suite} with ${packages.length} packages by mmdebstrap`,
      creates: [{ kind: 'directory', name: layer }],
      destroys: [],
      probe: { kind: 'path', path: layer },
      steps: [
        { do: 'remove-work', path: draft },
        { do: 'remove-work', path: repository },
        { do: 'remove-work', path: early },
        { do: 'make-directory', path: draft, mode: 0o700 },
        { do: 'make-directory', path: early, mode: 0o755 },
        ...listBootFiles(image).map((file): Step => ({ ...file, path: `${early}${file.path}` })),
        { do: 'write-file', path: `${early}/etc/hostname`, content: 'localhost\n', mode: 0o644 },
        {
          do: 'make-repository',
          cache: context.packages,
          directory: repository,
          suite: image.suite,
          epoch,
          packages,
        },
        {
          do: 'run',
          argv: [...context.clock, ...buildOwnMountsArgv(argv)],
          deadline: HOUR,
          progress: 'mmdebstrap',
        },
        { do: 'check-packages', root, packages },
        inRoot(context, root, ['sh', '-c', CLEAN_SCRIPT]),
        { do: 'remove-work', path: repository },
        {
          do: 'write-image',
          root,
          image: layerLayout.image(draft),
          work: `${work}/write`,
          uuid: context.uuid,
          epoch,
        },
        { do: 'make-directory', path: context.layers, mode: 0o700 },
        ...nameLayer(draft, layer),
      ],
      undo: [
        { do: 'remove-work', path: draft },
        { do: 'remove-work', path: repository },
      ],
    },
  ];
}

/** Only a finished layer gets its name, and later bakes believe it: a power cut must not leave it with empty files. */
export function nameLayer(draft: string, layer: string): Step[] {
  return [
    { do: 'run', argv: ['sync', '--file-system', '--', draft], deadline: 600 },
    { do: 'rename', from: draft, to: layer },
  ];
}

/** Where each package of the lock may be had: this machine's mirrors first, then where it came from. */
function listWanted({ request }: BakeContext): WantedPackage[] {
  const { lock, mirrors, image } = request;
  return lock.packages.map(({ name, version, sha256, size, source, path }) => {
    const origin = lock.sources[source];
    const isSecurity = origin?.suite.endsWith('-security') === true;
    const own =
      image.mirror.kind === 'url' ? image.mirror.url : isSecurity ? mirrors?.security : mirrors?.archive;
    const bases = [...new Set([own, origin?.url].filter((url): url is string => url !== undefined))];
    return { name, version, sha256, size, urls: bases.map((base) => `${base}/${path}`) };
  });
}
