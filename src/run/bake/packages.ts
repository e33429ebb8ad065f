import { linkSync } from 'node:fs';
import { type RepositoryPackage, renderPackages, renderRelease } from '../../image/repository.ts';
import type { ImageStep, WantedPackage } from '../../plan/image-steps.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { buildControlArgv, buildDownloadArgv } from '../../tools/apt-helper.ts';
import { vaultLayout } from '../../vault/manifest.ts';
import { copyFileSynced } from '../directory.ts';
import { hashFile } from '../file-hash.ts';
import {
  makeDirectory,
  pathExists,
  readTextFile,
  removeFile,
  statPath,
  writeFileAtomically,
} from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';

const DOWNLOAD_SECONDS = 3600;
/** As many as keep the argument list short. */
const BATCH = 100;
const SHOWN_NAMES = 20;

/**
 * Has every package in the cache: what is there and right is left alone, what a vault has is copied, the rest comes from
 * the archives. @throws Failure RL1521 (exit 4) that names the packages which nobody has any more
 */
export async function fetchPackages(
  step: Extract<ImageStep, { do: 'fetch-packages' }>,
  runner: Runner,
  note: (text: string) => void,
): Promise<void> {
  const { cache, vaults, packages, proxy } = step;
  let missing = packages.filter((each) => !hasSize(debPath(cache, each), each));
  for (const each of missing) takeFromVault(each, cache, vaults);
  missing = missing.filter((each) => !hasSize(debPath(cache, each), each));
  // The second round asks the archive that the lock names for what this machine's own has no more.
  const rounds = Math.max(0, ...missing.map((each) => each.urls.length));
  for (let round = 0; round < rounds && missing.length > 0; round += 1) {
    await download(missing, round, cache, proxy, runner);
    missing = missing.filter((each) => !hasSize(debPath(cache, each), each));
  }
  if (missing.length === 0) return;
  note(`${missing.length} packages of the lock are gone`);
  throw makeFailure(EXIT.notReady, 'RL1521', { names: nameSome(missing) });
}

function nameSome(packages: readonly WantedPackage[]): string {
  const names = packages.slice(0, SHOWN_NAMES).map((each) => `${each.name} ${each.version}`);
  const more = packages.length > SHOWN_NAMES ? ` and ${packages.length - SHOWN_NAMES} more` : '';
  return `${names.join(', ')}${more}`;
}

/**
 * Makes a flat repository out of the cache. A power cut leaves many a file with the right size and other bytes: all such
 * are removed at once, so that the next bake fetches them.
 * @throws Failure RL1522 for packages whose bytes are not those of the lock
 */
export async function makeRepository(
  step: Extract<ImageStep, { do: 'make-repository' }>,
  runner: Runner,
): Promise<void> {
  const { cache, directory, suite, epoch, packages } = step;
  makeDirectory(directory, 0o755);
  const wrong = packages.filter((each) => hashFile(debPath(cache, each))?.sha256 !== each.sha256);
  for (const each of wrong) removeFile(debPath(cache, each));
  if (wrong.length > 0) throw makeFailure(EXIT.failed, 'RL1522', { names: nameSome(wrong), cache });
  const listed: RepositoryPackage[] = [];
  for (const each of packages) {
    const path = debPath(cache, each);
    const file = `${each.sha256}.deb`;
    linkSync(path, `${directory}/${file}`);
    listed.push({ control: await readControl(path, runner), file, size: each.size, sha256: each.sha256 });
  }
  const text = renderPackages(listed);
  writeFileAtomically(`${directory}/Packages`, text, 0o644);
  writeFileAtomically(`${directory}/Release`, renderRelease(suite, epoch, text), 0o644);
}

function debPath(directory: string, { sha256 }: WantedPackage): string {
  return `${directory}/${sha256}.deb`;
}

/** The size tells what was cut off; the hash is looked at when the package is used. */
function hasSize(path: string, { size }: WantedPackage): boolean {
  const stats = statPath(path);
  return stats?.isFile() === true && stats.size === size;
}

function takeFromVault(wanted: WantedPackage, cache: string, vaults: readonly string[]): void {
  const { sha256 } = wanted;
  const objects = vaults.map((vault) => `${vault}/${vaultLayout.object(sha256)}`);
  const found = objects.find((path) => hashFile(path)?.sha256 === sha256);
  if (found !== undefined) copyFileSynced(found, debPath(cache, wanted));
}

async function download(
  packages: readonly WantedPackage[],
  round: number,
  cache: string,
  proxy: string | undefined,
  runner: Runner,
): Promise<void> {
  const files = packages.flatMap((each) => {
    const url = each.urls[round];
    return url === undefined ? [] : [{ url, path: debPath(cache, each), sha256: each.sha256 }];
  });
  for (const { path } of files) removeFile(path);
  for (let first = 0; first < files.length; first += BATCH) {
    const argv = buildDownloadArgv(files.slice(first, first + BATCH), proxy);
    // One that fails does not keep the others from being fetched: what is missing is looked for afterwards.
    const result = await runner.run({ argv, deadlineSeconds: DOWNLOAD_SECONDS, accept: [100] });
    requireSuccess(result);
  }
}

/** The control fields of a package, kept beside it. */
async function readControl(path: string, runner: Runner): Promise<string> {
  const kept = path.replace(/\.deb$/, '.control');
  if (pathExists(kept)) return readTextFile(kept);
  const { stdout } = requireSuccess(await runner.run({ argv: buildControlArgv(path), deadlineSeconds: 60 }));
  writeFileAtomically(kept, stdout, 0o644);
  return stdout;
}
