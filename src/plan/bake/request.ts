import { createHash } from 'node:crypto';
import type { HostPaths, MirrorFacts } from '../../host/facts.ts';
import { hashLock, type ImageLock } from '../../image/lock.ts';
import type { ImageSpec } from '../../spec/image-types.ts';
import { BASE_PACKAGES } from '../rebuild/packages.ts';

/** Everything that a bake's plan is made of. */
export interface BakeRequest {
  readonly image: ImageSpec;
  readonly lock: ImageLock;
  /** Where bakes keep journals, layers and packages: `bake` below the state directory. */
  readonly paths: HostPaths;
  /** The store's directory. */
  readonly store: string;
  /** No unpacked copies for a quick restore are kept in the store. */
  readonly compact: boolean;
  /** Directories that may have packages by hash, beside the bake's own. */
  readonly vaults: readonly string[];
  readonly mirrors: MirrorFacts | undefined;
  readonly proxy: string | undefined;
  readonly operation: string;
  readonly relightVersion: string;
  /** Hashes of the site's files, by absolute path. */
  readonly fileHashes: Readonly<Record<string, string>>;
  /** Names of the layers that are there already. */
  readonly madeLayers: readonly string[];
  /** The setuid and setgid files of the image before; undefined: there is none, or they are accepted as they come. */
  readonly knownPrivileged: readonly string[] | undefined;
}

/** Packages that every image has: what a guest needs to boot by any method but UEFI, and apt, which is in no package set by itself. */
const IMAGE_BASE = [...BASE_PACKAGES, 'apt', 'grub-pc-bin'] as const;

/** The packages that an image asks for, sorted, each once. */
export function listImagePackages(image: ImageSpec): string[] {
  const locales = image.locale === 'C.UTF-8' ? [] : ['locales'];
  return [...new Set([...IMAGE_BASE, ...locales, ...image.packages])].sort();
}

/** SHA-256 of what an image is made from beside its packages; no path of this machine is in it. */
export function hashImageSpec(image: ImageSpec, fileHashes: Readonly<Record<string, string>>): string {
  const { file: _file, mirror: _mirror, files, fromRoles, own: _own, ...rest } = image;
  const describe = (list: ImageSpec['files']) => describeFiles(list, fileHashes);
  return createHash('sha256')
    .update(JSON.stringify({ ...rest, files: describe(files), fromRoles: describe(fromRoles.files) }))
    .digest('hex');
}

function describeFiles(files: ImageSpec['files'], fileHashes: Readonly<Record<string, string>>) {
  return files.map(({ source, ...target }) => ({
    ...target,
    content:
      source.kind === 'file'
        ? fileHashes[source.path]
        : createHash('sha256').update(source.text).digest('hex'),
  }));
}

/** Changes when the way in which a layer is made does, so that no layer of an older relight is used. */
const LAYER_VERSION = 2;

/** The name of the layer of packages: what it depends on, and nothing else. */
export function nameLayer(image: ImageSpec, lock: ImageLock): string {
  const parts = [LAYER_VERSION, hashLock(lock), listImagePackages(image), image.locale, image.timezone];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Whether roles bring files or commands: their packages are those of the lowest layer. */
export function hasRoles({ fromRoles }: ImageSpec): boolean {
  return fromRoles.files.length + fromRoles.run.length > 0;
}

/** The name of the layer of roles: the layer below it, and what the roles bring. */
export function nameRoleLayer(
  { fromRoles }: ImageSpec,
  below: string,
  fileHashes: Readonly<Record<string, string>>,
): string {
  const parts = [below, describeFiles(fromRoles.files, fileHashes), fromRoles.run];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
