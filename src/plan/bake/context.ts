import { statePaths } from '../../host/paths.ts';
import { readEpoch } from '../../image/lock.ts';
import { deriveUuid } from '../../spec/identity.ts';
import { buildChrootArgv } from '../../tools/chroot.ts';
import type { Action, Step } from '../types.ts';
import { type BakeRequest, hasRoles, nameLayer, nameRoleLayer } from './request.ts';

/** Names and paths that the actions of one bake share. */
export interface BakeContext {
  readonly request: BakeRequest;
  readonly work: string;
  readonly rootfs: string;
  readonly packages: string;
  readonly layers: string;
  /** The layer of packages, and that of the roles when there are any. */
  readonly layer: string;
  readonly roleLayer: string | undefined;
  readonly epoch: number;
  /** UUID of the image's filesystem, until a restore gives it the guest's. */
  readonly uuid: string;
  /** Put before a command: env(1) with the image's time. */
  readonly clock: readonly string[];
}

export function makeBakeContext(request: BakeRequest): BakeContext {
  const { paths, operation, image, lock } = request;
  const work = statePaths.work(paths, operation);
  const layers = `${paths.state}/layers/${image.name}`;
  const name = nameLayer(image, lock);
  const epoch = readEpoch(lock);
  return {
    request,
    work,
    rootfs: `${work}/rootfs`,
    packages: `${paths.state}/packages`,
    layers,
    layer: `${layers}/${name}`,
    roleLayer: hasRoles(image) ? `${layers}/${nameRoleLayer(image, name, request.fileHashes)}` : undefined,
    epoch,
    uuid: deriveUuid('image', image.name, name),
    clock: ['env', `SOURCE_DATE_EPOCH=${epoch}`, 'TZ=UTC'],
  };
}

/** A command inside a root, with mounts of its own and the image's time. */
export function inRoot(context: BakeContext, root: string, command: readonly string[], deadline = 120): Step {
  return { do: 'run', argv: [...context.clock, ...buildChrootArgv(root, command)], deadline };
}

/** An action without steps. */
export function plain(id: string, phase: Action['phase'], title: string): Action {
  return { id, phase, title, creates: [], destroys: [], probe: { kind: 'journal' }, steps: [], undo: [] };
}
