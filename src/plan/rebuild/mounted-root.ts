import type { Action, RootPlace } from '../types.ts';
import type { PlanContext } from './request.ts';

/**
 * Lets an action that works on the directory `context.rootfs` work on a root filesystem inside the new root volume: it
 * is mounted for this action only. So nothing is mounted between two actions, a resume mounts again, and the undo
 * unmounts what a killed run left.
 */
export function withMountedRoot(
  context: PlanContext,
  place: RootPlace,
  action: Action,
  readOnly = false,
): Action {
  const path = context.rootfs;
  return {
    ...action,
    steps: [
      { do: 'mount-root', device: context.rootDisk.volume.path, place, path, readOnly },
      ...action.steps,
      { do: 'unmount-root', path },
    ],
    undo: [{ do: 'unmount-root', path }, ...action.undo],
  };
}
