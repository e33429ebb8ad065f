import type { BlobReference } from './artifact.ts';
import type { ImageManifest } from './manifest.ts';

/** OCI image-spec 1.1: the files of an image layout, but for the blobs' content. */
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

export const OCI_LAYOUT_FILE = `${JSON.stringify({ imageLayoutVersion: '1.0.0' })}\n`;

/** Where a blob lies in a layout. */
export function findBlobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** The image's configuration. @param diffId digest of the layer before it was compressed */
export function renderOciConfig(manifest: ImageManifest, hash: string, diffId: string): string {
  const created = new Date(manifest.epoch * 1000).toISOString();
  const config = {
    created,
    architecture: 'amd64',
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: ['/bin/bash'],
      Labels: {
        'org.opencontainers.image.title': manifest.name,
        'org.opencontainers.image.version': hash,
        'org.opencontainers.image.base.name': `debian:${manifest.suite}`,
      },
    },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, created_by: `relight ${manifest.relight} image bake ${manifest.name}` }],
  };
  return JSON.stringify(config);
}

export function renderOciManifest(config: BlobReference, layer: BlobReference): string {
  const describe = (mediaType: string, { digest, size }: BlobReference) => ({ mediaType, digest, size });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: describe(CONFIG, config),
    layers: [describe(LAYER, layer)],
  });
}

/** index.json: one image under a name, as `skopeo copy oci:DIR:NAME` asks for it. */
export function renderOciIndex(manifest: BlobReference, name: string): string {
  const entry = {
    mediaType: MANIFEST,
    digest: manifest.digest,
    size: manifest.size,
    platform: { architecture: 'amd64', os: 'linux' },
    annotations: { 'org.opencontainers.image.ref.name': name },
  };
  return `${JSON.stringify({ schemaVersion: 2, manifests: [entry] })}\n`;
}
