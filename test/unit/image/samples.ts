import { createHash } from 'node:crypto';
import type { ImageManifest } from '../../../src/image/manifest.ts';

const sha = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** A manifest of a filesystem of 16 blocks whose chunks hold the given bytes, from block 1 on. */
export function makeManifest(chunks: readonly Uint8Array[], name = 'base'): ImageManifest {
  let block = 1;
  const described = chunks.map((bytes) => {
    const count = bytes.length / 4096;
    const chunk = { id: sha(bytes), size: bytes.length, runs: [[block, count] as [number, number]] };
    block += count + 1;
    return chunk;
  });
  return {
    format: 1,
    name,
    relight: '0.1.0',
    suite: 'bookworm',
    architecture: 'amd64',
    epoch: 1_700_000_000,
    lockHash: sha('lock'),
    specHash: sha('spec'),
    locale: 'C.UTF-8',
    packages: [{ name: 'init', version: '1.65.2', architecture: 'amd64', sha256: sha('init') }],
    privileged: ['4755 /usr/bin/su'],
    filesystem: {
      type: 'ext4',
      uuid: '11111111-2222-4333-8444-555555555555',
      blockSize: 4096,
      size: 16 * 4096,
      sha256: sha('filesystem'),
      dataBytes: chunks.reduce((sum, bytes) => sum + bytes.length, 0),
      zeroRuns: [],
    },
    chunks: described,
  };
}
