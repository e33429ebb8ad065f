import type { FileSpec, MirrorSpec } from './types.ts';

/** A standard image: a guest without identity. */
export interface ImageSpec {
  readonly name: string;
  readonly file: string;
  readonly suite: string;
  readonly mirror: MirrorSpec;
  readonly locale: string;
  readonly keyboard: string;
  readonly timezone: string;
  readonly roles: readonly string[];
  readonly packages: readonly string[];
  readonly files: readonly FileSpec[];
  readonly run: readonly string[];
  /** What of the files and commands comes from roles: it is put in first, and kept as a layer of its own. */
  readonly fromRoles: ImageFragment;
  /** The image's own files and commands. */
  readonly own: ImageFragment;
}

export interface ImageFragment {
  readonly files: readonly FileSpec[];
  readonly run: readonly string[];
}
