import { z } from 'zod';

/**
 * A store's files as an artifact of an OCI registry (image-spec 1.1, "guidelines for artifact usage"): the signed index is
 * the config, each file a layer whose title is its path in the store.
 */
export const ARTIFACT_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const ARTIFACT_CONFIG = 'application/vnd.relight.image.index.v1+json';
const FILE_TYPE = 'application/vnd.relight.image.file.v1';
const TITLE = 'org.opencontainers.image.title';

/** What registries take as a manifest at most (distribution 2.8 refuses more than 4 MiB). */
export const LARGEST_ARTIFACT_MANIFEST = 4 * 1024 * 1024;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: descriptor,
  layers: z.array(descriptor),
});

/** A blob of a registry. */
export interface BlobReference {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

export interface Artifact {
  readonly config: BlobReference;
  /** By path in the store. */
  readonly files: ReadonlyMap<string, BlobReference>;
}

export function serialiseArtifact({ config, files }: Artifact): string {
  const layers = [...files].map(([path, blob]) => ({
    ...{ mediaType: FILE_TYPE, digest: blob.digest, size: blob.size },
    annotations: { [TITLE]: path },
  }));
  const manifest = {
    schemaVersion: 2,
    mediaType: ARTIFACT_MANIFEST,
    config: { mediaType: ARTIFACT_CONFIG, digest: config.digest, size: config.size },
    layers,
  };
  return JSON.stringify(manifest);
}

/** Undefined when it is something else than what `serialiseArtifact` writes. */
export function parseArtifact(text: string): Artifact | undefined {
  try {
    const { config, layers } = manifestSchema.parse(JSON.parse(text));
    if (config.mediaType !== ARTIFACT_CONFIG) return undefined;
    const files = layers.map((layer) => [layer.annotations?.[TITLE] ?? '', layer] as const);
    return {
      config: { digest: config.digest, size: config.size },
      files: new Map(files.map(([path, { digest, size }]) => [path, { digest, size }])),
    };
  } catch {
    return undefined;
  }
}
