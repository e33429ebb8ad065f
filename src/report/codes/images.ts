import type { CodeEntry } from './entry.ts';

/** RL15xx: standard images: bake, store on disk, restore. */
export const IMAGE_CODES = {
  RL1501: {
    title: 'Not an image manifest',
    message: '{place} is no image manifest of format 1: {why}',
    hint: 'bake or pull the image again; an image of another format version needs the relight that made it',
  },
  RL1502: {
    title: 'Not an index of an image store',
    message: '{place} is no index of an image store of format 1',
    hint: 'move it away and bake or pull the images again; chunks that are there are used',
  },
  RL1503: {
    title: 'Image not in the store',
    message: 'the store {store} has no image {image}',
    hint: 'relight image bake {image}',
  },
  RL1504: {
    title: 'Corrupt chunk',
    message: 'the chunk {id} is corrupt: {why}',
    hint: 'relight image verify lists all that is wrong; bake or pull the image again',
  },
  RL1505: {
    title: 'Missing chunks',
    message: 'chunks of the image {image} are missing in the store: {count}',
    hint: 'bake or pull the image again',
  },
} as const satisfies Record<string, CodeEntry>;
