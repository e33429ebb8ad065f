import { addEntry, EMPTY_INDEX } from '../../image/index-file.ts';
import { storeLayout } from '../../image/layout.ts';
import { openSignedIndex, signIndex } from '../../image/signed-index.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import type { ImageStore } from '../image-store.ts';
import { runInParallel } from '../parallel.ts';
import type { ImageKeys } from './keys.ts';
import type { ImageRemote } from './remote.ts';

const WIDTH = 4;

export interface TransferResult {
  readonly name: string;
  /** SHA-256 of the manifest. */
  readonly hash: string;
  /** Files of the image, and how many of them had to be sent or fetched. */
  readonly files: number;
  readonly moved: number;
}

/**
 * Sends an image, whose chunks are all read and compared first: what is corrupt here is not spread. The signed index is
 * written last, so that nobody sees an image of which a part is missing; what is there already is not sent again.
 */
export async function pushImage(request: {
  readonly store: ImageStore;
  readonly image: string;
  readonly remote: ImageRemote;
  readonly keys: ImageKeys;
  readonly say: (text: string) => void;
}): Promise<TransferResult> {
  const { store, remote, keys, say } = request;
  const image = store.find(request.image);
  const manifest = store.readManifest(image);
  const own = keys.own();
  const known = await remote.readIndex();
  const isAnew = known === undefined || remote.holdsOne;
  const index = isAnew ? EMPTY_INDEX : openSignedIndex(known, remote.place, keys.listTrusted());
  const [problem] = await store.verify(manifest);
  if (problem !== undefined) {
    throw makeFailure(EXIT.failed, 'RL1504', problem);
  }
  const ids = [...new Set(manifest.chunks.map((chunk) => chunk.id))];
  const manifestPath = storeLayout.manifest(image.name, image.hash);
  const files = [
    { path: manifestPath, file: `${store.directory}/${manifestPath}` },
    ...ids.map((id) => ({ path: storeLayout.chunk(id), file: store.chunkPath(id) })),
  ];
  let moved = 0;
  await runInParallel(files, WIDTH, async ({ path, file }) => {
    if (await remote.put(path, file)) moved += 1;
  });
  const entry = { name: image.name, manifest: image.hash, added: image.added };
  await remote.writeIndex(signIndex(addEntry(index, entry), own));
  say(`${image.name}: ${moved} of ${files.length} files sent, the others were there\n`);
  return { name: image.name, hash: image.hash, files: files.length, moved };
}
