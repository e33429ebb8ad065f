import { statePaths } from '../host/paths.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import type { ImageSource } from '../plan/rebuild/restore.ts';
import { layOutRootDisk } from '../render/sfdisk.ts';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { openImageStore } from '../run/image-store.ts';
import type { PlanHost } from './guest-host.ts';

/**
 * The image of a guest's route, when it fits the guest. Undefined for other routes.
 * @throws Failure RL1503 when the store has none, RL1540 to RL1543 when it does not fit: nothing has been touched then
 */
export function chooseImage(host: PlanHost, { guest }: PlanRequest): ImageSource | undefined {
  const { install } = guest;
  if (install.kind !== 'image') return undefined;
  const directory = statePaths.images(host.paths);
  const store = openImageStore(directory, host.session.runner);
  const image = store.find(install.image);
  const manifest = store.readManifest(image);
  const name = `${image.name}@${image.hash.slice(0, 12)}`;
  if (manifest.architecture !== 'amd64') {
    throw makeFailure(EXIT.invalid, 'RL1543', { image: name, found: manifest.architecture });
  }
  if (manifest.suite !== guest.suite) {
    throw makeFailure(EXIT.invalid, 'RL1541', { image: name, found: manifest.suite, wanted: guest.suite });
  }
  const root = guest.disks.find((disk) => disk.role === 'root');
  if (root?.filesystem !== 'ext4') {
    throw makeFailure(EXIT.invalid, 'RL1542', { what: `filesystem: ${root?.filesystem ?? 'none'}` });
  }
  const { rootSize } = layOutRootDisk(root.sizeBytes, guest.boot === 'uefi');
  const needed = manifest.filesystem.size;
  if (needed > rootSize) throw makeFailure(EXIT.invalid, 'RL1540', { image: name, needed, size: rootSize });
  const missing = new Set(manifest.chunks.map((chunk) => chunk.id).filter((id) => !store.hasChunk(id)));
  if (missing.size > 0) throw makeFailure(EXIT.failed, 'RL1505', { image: name, count: missing.size });
  return { store: directory, hash: image.hash, manifest };
}
