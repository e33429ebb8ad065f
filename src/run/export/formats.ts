import type { ImageManifest } from '../../image/manifest.ts';
import { renderCycloneDx, renderSpdx } from '../../image/sbom.ts';
import { writeFileAtomically } from '../files.ts';
import type { ImageStore } from '../image-store.ts';
import type { Runner } from '../runner.ts';
import { writeQcow2, writeRawDisk } from './disk.ts';
import { writeOciLayout } from './oci.ts';
import { writeTarZst } from './pack.ts';
import { writeXva } from './xva.ts';

/** What every exporter works with. */
export interface ExportRequest {
  readonly store: ImageStore;
  readonly runner: Runner;
  readonly manifest: ImageManifest;
  /** SHA-256 of the manifest. */
  readonly hash: string;
  /** An empty directory on the target's filesystem, removed afterwards. */
  readonly work: string;
}

/** Writes an image to `target`, which does not exist yet and gets its final name when it is whole. */
export type Exporter = (request: ExportRequest, target: string) => Promise<void>;

export const EXPORTERS: Readonly<Record<string, Exporter>> = {
  raw: writeRawDisk,
  qcow2: writeQcow2,
  oci: writeOciLayout,
  'tar.zst': writeTarZst,
  xva: writeXva,
  spdx: async ({ manifest, hash }, target) => writeFileAtomically(target, renderSpdx(manifest, hash), 0o644),
  cyclonedx: async ({ manifest, hash }, target) =>
    writeFileAtomically(target, renderCycloneDx(manifest, hash), 0o644),
};
