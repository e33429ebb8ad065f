import { createHash } from 'node:crypto';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { renderPackagesIndex, renderRelease } from '../../vault/apt-repository.ts';
import { serialiseVaultManifest, type VaultManifest, vaultLayout } from '../../vault/manifest.ts';
import type { VaultNeed } from '../../vault/need.ts';
import { clearSign, encodeKeyring, findFingerprint } from '../../vault/openpgp.ts';
import { makeDirectory, writeFileAtomically } from '../files.ts';
import { removeWorkTree } from '../files-tree.ts';
import { countFreeBelow } from '../probe-host.ts';
import type { Runner } from '../runner.ts';
import { openSigningKey } from '../signing-key.ts';
import { openAptSession, type WantedPackage } from './fetch.ts';
import { requireVaultPath, type Vault } from './vault.ts';

/** Room that indices and apt's own lists take beside the packages. */
const SPARE_BYTES = 256 * 1024 * 1024;

export interface FillResult {
  readonly manifest: VaultManifest;
  /** Packages that were not there before, and their bytes. */
  readonly fetched: number;
  readonly fetchedBytes: number;
  /** Objects that were corrupt, where they are now. */
  readonly aside: readonly string[];
  /** Of the key that signs the vault's indices. */
  readonly fingerprint: string;
}

/**
 * Fetches the exact packages that a bootstrap of the guest installs, and indexes them under the vault's own signature.
 * What was stored for the guest stays valid until the last step, a rename. A run that was cut off is gone on with.
 * @throws Failure RL1607, RL1608, RL1609
 */
export async function fillVault(
  vault: Vault,
  runner: Runner,
  need: VaultNeed,
  now: () => Date,
): Promise<FillResult> {
  requireVaultPath(vault.directory);
  makeDirectory(vault.directory, 0o755);
  const work = `${vault.directory}/${vaultLayout.work}/${need.guest}`;
  const session = openAptSession(runner, work, need);
  const packages = await session.resolve();
  const states = packages.map((each) => ({ each, state: vault.objects.check(each.sha256) }));
  const lacking = states.filter(({ state }) => state !== 'good').map(({ each }) => each);
  const fetchedBytes = lacking.reduce((sum, each) => sum + each.size, 0);
  requireRoom(vault.directory, fetchedBytes + SPARE_BYTES);
  const corrupt = states.filter(({ state }) => state === 'corrupt');
  const aside = corrupt.map(({ each }) => vault.objects.setAside(each.sha256));
  if (lacking.length > 0) await session.fetch(packages, vault.objects);
  const { manifest, fingerprint } = publish(vault, need, packages, now());
  await removeWorkTree(runner, work, vault.directory);
  return { manifest, fetched: lacking.length, fetchedBytes, aside, fingerprint };
}

/** Writes index, signature and, last, the manifest that names them. */
function publish(vault: Vault, need: VaultNeed, packages: readonly WantedPackage[], now: Date) {
  const { directory } = vault;
  // What the installer's part has is still stored; it is filled anew after this one.
  const installer = vault.readManifest(need.guest)?.installer;
  const sorted = [...packages].sort((left, right) => (left.file < right.file ? -1 : 1));
  const index = renderPackagesIndex(sorted);
  const hash = createHash('sha256').update(index).digest('hex');
  const repository = `${need.guest}-${hash.slice(0, 16)}`;
  const key = openSigningKey(`${directory}/${vaultLayout.privateKey}`);
  const release = clearSign(renderRelease(need.suite, index, now), key, Math.floor(now.getTime() / 1000));
  makeDirectory(`${directory}/dists/${repository}/main/binary-amd64`, 0o755);
  makeDirectory(`${directory}/${vaultLayout.manifests}`, 0o755);
  const write = (path: string, content: string | Uint8Array) =>
    writeFileAtomically(`${directory}/${path}`, content, 0o644);
  write(vaultLayout.packages(repository), index);
  write(vaultLayout.release(repository), release);
  write(vaultLayout.keyring, encodeKeyring(key, 'relight vault'));
  const manifest: VaultManifest = {
    format: 1,
    guest: need.guest,
    suite: need.suite,
    wanted: [...need.packages],
    sources: [...need.sources],
    filled: now.toISOString(),
    repository,
    index: hash,
    packages: sorted.map(({ name, version, architecture, sha256, size }) => ({
      ...{ name, version, architecture, sha256, size },
    })),
    ...(installer === undefined ? {} : { installer }),
  };
  write(vaultLayout.manifest(need.guest), serialiseVaultManifest(manifest));
  return { manifest, fingerprint: findFingerprint(key.publicBytes) };
}

/** @throws Failure RL1608 */
export function requireRoom(directory: string, needed: number): void {
  const free = countFreeBelow(directory);
  if (free >= needed) return;
  throw makeFailure(EXIT.failed, 'RL1608', { place: directory, needed, free });
}
