import { createHash } from 'node:crypto';
import type { BlobReference } from '../../image/artifact.ts';
import {
  findBlobPath,
  OCI_LAYOUT_FILE,
  renderOciConfig,
  renderOciIndex,
  renderOciManifest,
} from '../../image/oci-layout.ts';
import { buildGzipArgv } from '../../tools/tar.ts';
import { hashFile } from '../file-hash.ts';
import { makeDirectory, removeFile, renameSynced, writeFileAtomically } from '../files.ts';
import { requireSuccess } from '../runner.ts';
import type { ExportRequest } from './formats.ts';
import { packRoot } from './pack.ts';

const COMPRESS_SECONDS = 3600;

/** An OCI image layout in a directory: one layer with the whole root filesystem. */
export async function writeOciLayout(request: ExportRequest, target: string): Promise<void> {
  const { manifest, hash, runner, work } = request;
  makeDirectory(`${target}/blobs/sha256`, 0o755);
  const tar = await packRoot(request);
  const diffId = `sha256:${hashFile(tar)?.sha256}`;
  const packed = `${work}/layer.tar.gz`;
  const argv = buildGzipArgv(tar);
  requireSuccess(await runner.run({ argv, outputFile: packed, deadlineSeconds: COMPRESS_SECONDS }));
  removeFile(tar);
  const layer = adoptBlob(target, packed);
  const config = writeBlob(target, renderOciConfig(manifest, hash, diffId));
  const image = writeBlob(target, renderOciManifest(config, layer));
  writeFileAtomically(`${target}/oci-layout`, OCI_LAYOUT_FILE, 0o644);
  writeFileAtomically(`${target}/index.json`, renderOciIndex(image, manifest.name), 0o644);
}

function adoptBlob(target: string, file: string): BlobReference {
  const found = hashFile(file);
  const digest = `sha256:${found?.sha256}`;
  renameSynced(file, `${target}/${findBlobPath(digest)}`);
  return { digest, size: found?.size ?? 0 };
}

function writeBlob(target: string, text: string): BlobReference {
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  writeFileAtomically(`${target}/${findBlobPath(digest)}`, text, 0o644);
  return { digest, size: Buffer.byteLength(text) };
}
