import { storeLayout } from '../../image/layout.ts';
import { Failure } from '../../report/failure.ts';
import type { Issue } from '../../report/issue.ts';
import { assessOffline } from '../../vault/assess.ts';
import type { VaultNeed } from '../../vault/need.ts';
import { pathExists } from '../files.ts';
import { openImageStore } from '../image-store.ts';
import type { Runner } from '../runner.ts';
import type { Vault } from './vault.ts';

/** Hashes everything that is stored for a need and says what is missing. Nothing is changed. */
export async function findOfflineIssues(request: {
  readonly vault: Vault;
  readonly need: VaultNeed;
  /** The directory of the store of images. */
  readonly images: string;
  readonly runner: Runner;
}): Promise<Issue[]> {
  const { vault, need, images, runner } = request;
  const image = need.image === undefined ? undefined : await examineImage(images, need.image, runner);
  return assessOffline(need, { ...vault.examine(need.guest), image });
}

/** Undefined: the store has no such image. */
async function examineImage(directory: string, name: string, runner: Runner): Promise<string[] | undefined> {
  if (!pathExists(`${directory}/${storeLayout.index}`)) return undefined;
  const store = openImageStore(directory, runner);
  try {
    const problems = await store.verify(store.readManifest(store.find(name)));
    return problems.map(({ why }) => why);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === 'RL1503' ? undefined : [error.message];
  }
}
