import type { ChunkId } from './manifest.ts';

/**
 * Where things lie in a store, relative to its directory: the same below a directory, on a web server, and in what a
 * transport makes of them. Chunks are compressed by zstd(1); their names are the hashes of what is inside.
 */
export const storeLayout = {
  index: 'index.json',
  chunks: 'chunks',
  manifests: 'manifests',
  /** What a restore reads in the place of chunks when it is there: the same bytes, not compressed. No transport takes it. */
  unpacked: 'unpacked',
  /** How the names of directories begin in which chunks are made; nothing in them is part of the store. */
  scratch: 'partial-',
  chunk: (id: ChunkId) => `chunks/${id.slice(0, 2)}/${id}.zst`,
  unpackedChunk: (id: ChunkId) => `unpacked/${id.slice(0, 2)}/${id}`,
  manifest: (name: string, hash: string) => `manifests/${name}@${hash}.json`,
} as const;

/** The name and hash in the file name of a manifest. */
export function parseManifestName(file: string): { name: string; hash: string } | undefined {
  const match = /^([a-z][a-z0-9-]{0,62})@([0-9a-f]{64})\.json$/.exec(file);
  return match === null ? undefined : { name: match[1] ?? '', hash: match[2] ?? '' };
}

/** `base`, or `base@HASH` with at least eight digits of the manifest's hash, as a person names an image. */
export function parseImageName(text: string): { name: string; hash: string | undefined } | undefined {
  const match = /^([a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:@([0-9a-f]{8,64}))?$/.exec(text);
  return match === null ? undefined : { name: match[1] ?? '', hash: match[2] };
}
