import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CHUNK_BYTES, type ImageManifest } from '../../src/image/manifest.ts';
import { ChunkWriter } from '../../src/run/image-compress.ts';
import type { ImageStore } from '../../src/run/image-store.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { makeManifest } from '../unit/image/samples.ts';

const BLOCK = 4096;

/** Puts chunks into a store and tells their names. */
export async function putChunks(store: ImageStore, pieces: readonly Uint8Array[]): Promise<string[]> {
  const writer = new ChunkWriter(createRunner({ environment: process.env }), store);
  try {
    const ids: string[] = [];
    for (const bytes of pieces) ids.push(await writer.add(bytes));
    await writer.finish();
    return ids;
  } finally {
    await writer.close();
  }
}

/** Puts an ext4 filesystem in a file into a store: of each piece of 4 MiB the blocks that are not zero. */
export async function storeFilesystem(store: ImageStore, file: string, uuid: string): Promise<ImageManifest> {
  const bytes = readFileSync(file);
  const chunks: ImageManifest['chunks'] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const used: number[] = [];
    for (let block = at; block < Math.min(at + CHUNK_BYTES, bytes.length); block += BLOCK) {
      if (bytes.subarray(block, block + BLOCK).some((byte) => byte !== 0)) used.push(block / BLOCK);
    }
    if (used.length === 0) continue;
    const content = Buffer.concat(used.map((block) => bytes.subarray(block * BLOCK, (block + 1) * BLOCK)));
    const [id = ''] = await putChunks(store, [content]);
    chunks.push({ id, size: content.length, runs: used.map((block) => [block, 1]) });
  }
  const manifest = makeManifest([]);
  const filesystem = {
    ...manifest.filesystem,
    uuid,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    dataBytes: chunks.reduce((sum, chunk) => sum + chunk.size, 0),
  };
  const whole = { ...manifest, filesystem, chunks };
  await store.putManifest(whole, '2026-01-01T00:00:00.000Z');
  return whole;
}
