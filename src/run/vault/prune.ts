import { listInstallerObjects } from '../../vault/installer-manifest.ts';
import { vaultLayout } from '../../vault/manifest.ts';
import { listDirectory } from '../directory.ts';
import { removeFile, statPath } from '../files.ts';
import { removeWorkTree } from '../files-tree.ts';
import type { Runner } from '../runner.ts';
import { nameMediaFolder } from './media.ts';
import type { Vault } from './vault.ts';

export interface PruneResult {
  readonly objects: number;
  readonly bytes: number;
}

/** Removes what no guest of `guests` needs. What was set aside stays: a person looks at it. */
export async function pruneVault(
  vault: Vault,
  runner: Runner,
  guests: ReadonlySet<string>,
): Promise<PruneResult> {
  const { directory } = vault;
  for (const guest of vault.listGuests()) {
    if (!guests.has(guest)) removeFile(`${directory}/${vaultLayout.manifest(guest)}`);
  }
  const kept = vault.listGuests().flatMap((guest) => vault.readManifest(guest) ?? []);
  const installers = kept.flatMap(({ installer }) => installer ?? []);
  const objects = new Set(
    [...kept.flatMap(({ packages }) => packages), ...installers.flatMap(listInstallerObjects)].map(
      ({ sha256 }) => sha256,
    ),
  );
  const media = new Set(installers.flatMap(({ medium }) => nameMediaFolder(medium) ?? []));
  const repositories = new Set(kept.map(({ repository }) => `${vaultLayout.repositories}/${repository}`));
  let bytes = 0;
  const unused = vault.objects.list().filter((sha256) => !objects.has(sha256));
  for (const sha256 of unused) {
    bytes += statPath(vault.objects.path(sha256))?.size ?? 0;
    vault.objects.remove(sha256);
  }
  const listUnused = (folder: string, used: ReadonlySet<string>) =>
    listDirectory(`${directory}/${folder}`).flatMap((name) =>
      used.has(`${folder}/${name}`) ? [] : [`${directory}/${folder}/${name}`],
    );
  const trees = [
    ...listUnused(vaultLayout.repositories, repositories),
    ...listUnused(vaultLayout.media, media),
  ];
  for (const tree of [...trees, `${directory}/${vaultLayout.work}`]) {
    await removeWorkTree(runner, tree, directory);
  }
  return { objects: unused.length, bytes };
}
