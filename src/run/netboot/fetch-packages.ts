import { createHash } from 'node:crypto';
import {
  APT_DIRECTORIES,
  buildAptUpdateArgv,
  buildDownloadArgv,
  buildDownloadUrisArgv,
  buildUnpackDebArgv,
  parsePrintUris,
  renderAptConf,
} from '../../tools/apt.ts';
import { listDirectory } from '../directory.ts';
import { makeDirectory, pathExists, writeFileAtomically } from '../files.ts';
import { removeWorkTree } from '../files-tree.ts';
import { type Runner, requireSuccess } from '../runner.ts';

export interface PackageRequest {
  readonly names: readonly string[];
  /** Lines of sources.list(5), each with its `signed-by`. */
  readonly sources: readonly string[];
  readonly proxy: string | undefined;
}

const UPDATE_SECONDS = 900;
const DOWNLOAD_SECONDS = 3600;

/**
 * Fetches Debian packages by apt, which checks their signatures, and unpacks them. Hands back the directory with their
 * files, kept in the cache for as long as apt names the same versions.
 * @throws Failure when apt cannot reach the archive, does not trust it, or knows no such package
 */
export async function fetchPackages(runner: Runner, cache: string, request: PackageRequest): Promise<string> {
  const scratch = `${cache}/apt`;
  for (const part of APT_DIRECTORIES) makeDirectory(`${scratch}/${part}`, 0o700);
  writeFileAtomically(`${scratch}/status`, '', 0o600);
  const lines = request.sources.map((line) => `${line}\n`).join('');
  writeFileAtomically(`${scratch}/etc/apt/sources.list`, lines, 0o600);
  writeFileAtomically(`${scratch}/apt.conf`, renderAptConf({ directory: scratch }, request.proxy), 0o600);
  const environment = { APT_CONFIG: `${scratch}/apt.conf` };
  const run = async (argv: readonly string[], deadlineSeconds: number) =>
    requireSuccess(await runner.run({ argv, environment, deadlineSeconds }));
  await run(buildAptUpdateArgv(), UPDATE_SECONDS);
  const listed = await run(buildDownloadUrisArgv(request.names), UPDATE_SECONDS);
  const files = parsePrintUris(listed.stdout)
    .map(({ file }) => file)
    .sort();
  const directory = `${cache}/packages-${createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 16)}`;
  if (pathExists(`${directory}/complete`)) return `${directory}/root`;
  await removeWorkTree(runner, directory, cache);
  makeDirectory(`${directory}/debs`, 0o700);
  makeDirectory(`${directory}/root`, 0o700);
  await run(buildDownloadArgv(`${directory}/debs`, request.names), DOWNLOAD_SECONDS);
  for (const deb of listDirectory(`${directory}/debs`)) {
    await run(buildUnpackDebArgv(`${directory}/debs/${deb}`, `${directory}/root`), DOWNLOAD_SECONDS);
  }
  await removeWorkTree(runner, `${directory}/debs`, cache);
  writeFileAtomically(`${directory}/complete`, files.map((name) => `${name}\n`).join(''), 0o600);
  return `${directory}/root`;
}
