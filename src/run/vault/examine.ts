import { storeLayout } from '../../image/layout.ts';
import { Failure } from '../../report/failure.ts';
import type { Issue } from '../../report/issue.ts';
import { assessBootstrap, assessOffline } from '../../vault/assess.ts';
import type { VaultNeed } from '../../vault/need.ts';
import { pathExists } from '../files.ts';
import { openImageStore } from '../image-store.ts';
import type { Runner } from '../runner.ts';
import type { Vault } from './vault.ts';

export interface OfflineRequest {
  readonly vault: Vault;
  readonly need: VaultNeed;
  /** The directory of the store of images. */
  readonly images: string;
  readonly runner: Runner;
}

/** What would stop a rebuild with the internet down. */
export interface OfflineAnswer {
  readonly issues: readonly Issue[];
  /** The same for a rebuild by route bootstrap, of a guest whose own route the vault does not serve. */
  readonly byBootstrap: readonly Issue[] | undefined;
}

/** Hashes everything that is stored for a need and says what is missing. Nothing is changed. */
export async function examineOffline({
  vault,
  need,
  images,
  runner,
}: OfflineRequest): Promise<OfflineAnswer> {
  const image = need.image === undefined ? undefined : await examineImage(images, need.image, runner);
  const content = { ...vault.examine(need.guest), image };
  return { issues: assessOffline(need, content), byBootstrap: assessBootstrap(need, content) };
}

/** As `examineOffline`, for the guest's own route alone. */
export async function findOfflineIssues(request: OfflineRequest): Promise<readonly Issue[]> {
  return (await examineOffline(request)).issues;
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
