import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openImageStore } from '../../../../src/run/image-store.ts';
import { openImageKeys } from '../../../../src/run/remote/keys.ts';
import { pullImage } from '../../../../src/run/remote/pull.ts';
import { pushImage } from '../../../../src/run/remote/push.ts';
import type { ImageRemote } from '../../../../src/run/remote/remote.ts';
import { createRunner } from '../../../../src/run/runner-spawn.ts';
import { putChunks } from '../../../support/stored-image.ts';
import { makeManifest } from '../../image/samples.ts';

export const runner = createRunner({ environment: process.env });
/** Three chunks that zstd cannot make smaller. */
export const pieces = [1, 2, 3].map((seed) => {
  let state = seed;
  return Buffer.from(
    Uint8Array.from({ length: 8192 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    }),
  );
});
export const manifest = makeManifest(pieces);

/** A directory with a store, a second one, and a key for each. */
export function makeWorld() {
  const directory = mkdtempSync(join(tmpdir(), 'relight-remote-'));
  const open = (name: string) => openImageStore(join(directory, name), runner);
  const keys = openImageKeys(join(directory, 'keys'));
  const source = open('source');
  return {
    directory,
    keys,
    source,
    open,
    fill: async () => {
      await putChunks(source, pieces);
      return source.putManifest(manifest, '2026-01-01T00:00:00.000Z');
    },
    push: (remote: ImageRemote, from = source) =>
      pushImage({ store: from, image: 'base', remote, keys, say: () => {} }),
    pull: (remote: ImageRemote, into = 'target', trusted: readonly string[] = keys.listTrusted()) =>
      pullImage({
        ...{ store: open(into), runner, remote, image: undefined, trusted },
        ...{ say: () => {}, now: () => new Date() },
      }),
    listFiles: (name: string) =>
      readdirSync(join(directory, name), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(zst|json)$/.test(file))
        .sort(),
  };
}
