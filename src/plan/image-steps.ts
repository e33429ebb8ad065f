import type { LockedPackage } from '../image/lock.ts';

/** A package to fetch: where it may lie, the first place first. */
export interface WantedPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly size: number;
  readonly urls: readonly string[];
}

/** What a manifest says beside what its filesystem is found to hold. */
export interface ImageFacts {
  readonly name: string;
  readonly relight: string;
  readonly suite: string;
  readonly locale: string;
  readonly epoch: number;
  readonly lockHash: string;
  readonly specHash: string;
  readonly uuid: string;
  readonly packages: readonly LockedPackage[];
}

/** The steps that bake and restore standard images. */
export type ImageStep =
  /** Has every package in the cache, by hash: from the cache itself, from a vault, or from its archive. */
  | {
      readonly do: 'fetch-packages';
      readonly cache: string;
      readonly vaults: readonly string[];
      readonly packages: readonly WantedPackage[];
      readonly proxy: string | undefined;
    }
  /** Makes a flat repository of exactly these packages. Each is hashed again. */
  | {
      readonly do: 'make-repository';
      readonly cache: string;
      readonly directory: string;
      readonly suite: string;
      readonly epoch: number;
      readonly packages: readonly WantedPackage[];
    }
  /** The packages that are installed are those of the lock, no more and no less. */
  | { readonly do: 'check-packages'; readonly root: string; readonly packages: readonly WantedPackage[] }
  /** Looks for what must not be in an image. `known` are the setuid and setgid files of the image before. */
  | { readonly do: 'check-hygiene'; readonly root: string; readonly known: readonly string[] | undefined }
  /** Writes a tree into an ext4 image, the same wherever it is done. */
  | {
      readonly do: 'write-image';
      readonly root: string;
      readonly image: string;
      readonly work: string;
      readonly uuid: string;
      readonly epoch: number;
    }
  /** Mounts layers above each other, the lowest last; what is changed at `path` goes into `upper`. `unmount-root` ends it. */
  | {
      readonly do: 'mount-layers';
      readonly lower: readonly string[];
      readonly upper: string;
      readonly work: string;
      readonly path: string;
    }
  /** Makes the filesystem of a mounted tree out of a layer's, by changing a copy of it; `upper` holds what is different. */
  | {
      readonly do: 'update-image';
      readonly base: string;
      readonly root: string;
      readonly upper: string;
      readonly image: string;
      readonly work: string;
      readonly uuid: string;
      readonly epoch: number;
    }
  /** Puts an image into the store: chunks first, then the manifest, then the index. `compact`: without unpacked copies. */
  | {
      readonly do: 'store-image';
      readonly root: string;
      readonly image: string;
      readonly store: string;
      readonly compact: boolean;
      readonly facts: ImageFacts;
    }
  /** Keeps the named layers and removes all others below the directory. */
  | { readonly do: 'prune-layers'; readonly directory: string; readonly keep: readonly string[] }
  /** Writes the blocks of an image to their places on a new volume. */
  | {
      readonly do: 'restore-image';
      readonly store: string;
      readonly image: string;
      readonly manifest: string;
      readonly device: string;
      readonly offset: number;
    };
