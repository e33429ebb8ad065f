import { layerLayout } from '../../image/layer.ts';
import type { Action, Step } from '../types.ts';
import type { BakeContext } from './context.ts';

/** What is put over finished layers: in a directory of its own, which may become a layer itself. */
export interface Stage {
  /** The finished layers, the lowest last. */
  readonly lower: readonly string[];
  readonly draft: string;
}

/** Mounts the layers and the stage at `context.rootfs` for one action; nothing is mounted between two. */
export function withLayers(context: BakeContext, { lower, draft }: Stage, action: Action): Action {
  const path = context.rootfs;
  return {
    ...action,
    steps: [
      {
        do: 'mount-layers',
        lower: lower.map(layerLayout.tree),
        upper: layerLayout.tree(draft),
        work: `${draft}.work`,
        path,
      },
      ...action.steps,
      { do: 'unmount-root', path },
    ],
    undo: [{ do: 'unmount-root', path }, ...action.undo],
  };
}

/** Writes the filesystem of what is mounted, from that of the layer below. */
export function updateImage(context: BakeContext, { lower, draft }: Stage): Step {
  return {
    do: 'update-image',
    base: lower[0] ?? '',
    root: context.rootfs,
    upper: layerLayout.tree(draft),
    image: layerLayout.image(draft),
    work: `${context.work}/write`,
    uuid: context.uuid,
    epoch: context.epoch,
  };
}
