import { setMaxListeners } from 'node:events';
import type { NetbootFacts } from '../../host/netboot.ts';
import { parseUdebs, planComponents } from '../../host/udebs.ts';
import { INSTALLER_PACKAGES } from '../../release/installer-parts.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import {
  buildAptUpdateArgv,
  buildPrintUrisArgv,
  ESSENTIAL_PATTERNS,
  parsePrintUris,
} from '../../tools/apt.ts';
import { formatSourceLine } from '../../tools/mmdebstrap.ts';
import { listDebootstrapPackages, parseArchivePackages } from '../../vault/archive-packages.ts';
import type { InstallerManifest, StoredMedium } from '../../vault/installer-manifest.ts';
import { serialiseVaultManifest, type VaultManifest, vaultLayout } from '../../vault/manifest.ts';
import type { VaultNeed } from '../../vault/need.ts';
import { type ArchiveFile, SERVED_DIRECTORY } from '../../vault/partial-mirror.ts';
import { PACKAGE_COMPONENTS } from '../../vault/suite-release.ts';
import { makeDirectory, readBytesFile, writeFileAtomically } from '../files.ts';
import { removeWorkTree } from '../files-tree.ts';
import { mapInParallel } from '../parallel.ts';
import type { Runner } from '../runner.ts';
import { openAptScratch, refuseFill, UPDATE_SECONDS } from './apt-scratch.ts';
import { type DownloadPlace, download } from './download.ts';
import { type FetchedSuite, fetchSuite } from './fetch-suite.ts';
import { requireRoom } from './fill.ts';
import { nameImage, storeFile } from './media.ts';
import { serveArchive } from './server.ts';
import type { Vault } from './vault.ts';

const AT_ONCE = 6;
/** Each download listens for the end of the run, some of them a moment longer than they last. */
const MOST_LISTENERS = 8 * AT_ONCE;
/** Indices, initrd and apt's own lists. */
const SPARE_BYTES = 512 * 1024 ** 2;
const LARGEST_COMPLETION = 1024 ** 3;

/** What an installation starts from, as it lies on this machine. */
export type PreparedMedium =
  | { readonly kind: 'netboot'; readonly netboot: NetbootFacts }
  /** The image, then the signed list and its signature; their names count. */
  | {
      readonly kind: 'iso';
      readonly image: string;
      readonly sums: readonly string[];
      readonly bytes: number;
    };

export interface InstallerFill {
  readonly vault: Vault;
  readonly runner: Runner;
  readonly need: VaultNeed;
  readonly medium: PreparedMedium;
  /** Debian's own keys. */
  readonly keyring: string;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export interface InstallerFillResult {
  readonly stored: InstallerManifest;
  /** Files of the archive that were not there before, and their bytes. */
  readonly fetched: number;
  readonly fetchedBytes: number;
}

/**
 * Stores what the Debian installer of a guest starts from and fetches: the archive's own signed indices, the components
 * for its kernel, and every package that it installs. The guest's manifest is written last, by a rename.
 * @throws Failure RL1607, RL1608
 */
export async function fillInstaller(request: InstallerFill): Promise<InstallerFillResult> {
  const { vault, runner, need } = request;
  const work = `${vault.directory}/${vaultLayout.work}/${need.guest}/installer`;
  makeDirectory(work, 0o755);
  setMaxListeners(MOST_LISTENERS, request.signal);
  try {
    const result = await fill(request, work);
    await removeWorkTree(runner, `${vault.directory}/${vaultLayout.work}/${need.guest}`, vault.directory);
    return result;
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (request.signal.aborted) throw new Failure(EXIT.interrupted, 'RL0604', 'interrupted');
    throw refuseFill(need.guest, error instanceof Error ? error.message : String(error));
  }
}

async function fill(request: InstallerFill, work: string): Promise<InstallerFillResult> {
  const { vault, need, medium, runner, keyring, signal, now } = request;
  const place = (name: string): DownloadPlace => ({
    ...{ objects: vault.objects, proxy: need.proxy, signal, draft: `${work}/${name}` },
  });
  const { archive, suite } = need;
  requireRoom(vault.directory, SPARE_BYTES + (medium.kind === 'iso' ? medium.bytes : 0));
  const fetched = await fetchSuite({ archive, suite, keyring, runner, place: place('index') });
  const packages = await listPackageFiles(request, fetched, `${work}/apt`);
  const components =
    medium.kind === 'netboot' ? listComponents(fetched, medium.netboot) : { files: [], needed: new Map() };
  const all = [...packages, ...components.files];
  const lacking = all.filter(({ sha256 }) => vault.objects.check(sha256) !== 'good');
  const lackingBytes = lacking.reduce((sum, { size }) => sum + size, 0);
  requireRoom(vault.directory, lackingBytes + SPARE_BYTES);
  const isThere = await mapInParallel(lacking, AT_ONCE, (file) =>
    download([{ ...file, url: `${archive}/${file.path}` }], place(file.sha256)),
  );
  const lost = new Set(lacking.filter((_, index) => isThere[index] === false).map(({ path }) => path));
  const lostPackage = packages.find(({ path }) => lost.has(path));
  if (lostPackage !== undefined) throw new Error(`${archive} lists ${lostPackage.path} and does not have it`);
  requireComponents(components.needed, lost, medium);
  const stored: InstallerManifest = {
    ...{ suite, archive, wanted: [...need.packages], filled: now().toISOString() },
    medium: storeMedium(vault, medium, `${work}/medium`),
    files: sortFiles([...fetched.files, ...all.filter(({ path }) => !lost.has(path))]),
  };
  publish(vault, need.guest, stored);
  return {
    stored,
    fetched: lacking.length - lost.size,
    fetchedBytes: lacking.reduce((sum, { path, size }) => sum + (lost.has(path) ? 0 : size), 0),
  };
}

/**
 * What apt takes for the guest out of exactly the indices that were stored, served to it as to the installer; and what
 * debootstrap takes, which chooses by its own rules.
 */
async function listPackageFiles(
  { vault, runner, need, keyring }: InstallerFill,
  { files, packages, release }: FetchedSuite,
  directory: string,
): Promise<ArchiveFile[]> {
  const index = parseArchivePackages(packages);
  const names = new Set(index.map(({ name }) => name));
  const byHash = new Map(index.map((each) => [each.sha256, each]));
  const base = [...ESSENTIAL_PATTERNS, '?priority(important)'];
  const own = [...base, ...INSTALLER_PACKAGES.filter((name) => names.has(name))];
  const server = await serveArchive({ objects: vault.objects, files, address: '127.0.0.1', port: 0 });
  try {
    const source = {
      url: `http://127.0.0.1:${server.port}${SERVED_DIRECTORY}`,
      suite: need.suite,
      components: PACKAGE_COMPONENTS.filter((component) => release.components.includes(component)),
    };
    const sources = [formatSourceLine(source, keyring)];
    const { apt, capture } = openAptScratch(runner, directory, {
      guest: need.guest,
      sources,
      proxy: 'DIRECT',
    });
    await apt(buildAptUpdateArgv(), UPDATE_SECONDS);
    const taken = new Map<string, ArchiveFile>();
    for (const { path, sha256, size } of listDebootstrapPackages(index))
      taken.set(path, { path, sha256, size });
    for (const stage of [base, own, [...own, ...need.packages]]) {
      for (const item of parsePrintUris(await capture(buildPrintUrisArgv({ directory }, stage)))) {
        const found = byHash.get(item.sha256);
        if (found === undefined) throw new Error(`the index says nothing of ${item.name} ${item.version}`);
        taken.set(found.path, { path: found.path, sha256: found.sha256, size: found.size });
      }
    }
    return sortFiles([...taken.values()]);
  } finally {
    await server.close();
  }
}

/** The components that the installer can ask for, and those that it will, by their place in the archive. */
function listComponents({ udebs }: FetchedSuite, { installed, kernelVersion }: NetbootFacts) {
  const index = parseUdebs(udebs);
  const usable = new Set(
    index
      .filter((udeb) => (udeb.kernelVersion ?? kernelVersion) === kernelVersion)
      .map(({ filename }) => filename),
  );
  const files = parseArchivePackages(udebs)
    .filter(({ path }) => usable.has(path))
    .map(({ path, sha256, size }) => ({ path, sha256, size }));
  const { wanted } = planComponents(index, installed, kernelVersion);
  return { files, needed: new Map(wanted.map(({ filename, name }) => [filename, name])) };
}

/** What the installer will ask for is stored, or was put into its initrd. Of the rest the archive may lack something. */
function requireComponents(
  needed: ReadonlyMap<string, string>,
  lost: ReadonlySet<string>,
  medium: PreparedMedium,
): void {
  const names = [...needed].flatMap(([path, name]) => (lost.has(path) ? [name] : []));
  if (names.length === 0 || medium.kind !== 'netboot') return;
  const { completion } = medium.netboot;
  const text =
    completion === undefined ? '' : readBytesFile(completion, LARGEST_COMPLETION).toString('latin1');
  const missing = names.filter((name) => !text.includes(`Package: ${name}\n`));
  if (missing.length > 0)
    throw new Error(`the archive lacks components of the installer: ${missing.join(', ')}`);
}

function storeMedium(vault: Vault, medium: PreparedMedium, draft: string): StoredMedium {
  const { objects, directory } = vault;
  const store = (path: string) => storeFile(objects, path, draft);
  if (medium.kind === 'iso') {
    const name = (path: string) => ({ name: path.slice(path.lastIndexOf('/') + 1), sha256: store(path) });
    const iso = { kind: 'iso' as const, image: name(medium.image), sums: medium.sums.map(name) };
    nameImage(directory, iso, objects);
    return iso;
  }
  const { kernel, initrd, completion, kernelVersion } = medium.netboot;
  return {
    ...{ kind: 'netboot', kernel: store(kernel), initrd: store(initrd), kernelVersion },
    ...(completion === undefined ? {} : { completion: store(completion) }),
  };
}

/** Into the manifest that the bootstrap's part has written just before. */
function publish(vault: Vault, guest: string, installer: InstallerManifest): void {
  const manifest = vault.readManifest(guest);
  if (manifest === undefined) throw new TypeError('the packages of a bootstrap are stored first');
  const whole: VaultManifest = { ...manifest, installer };
  writeFileAtomically(
    `${vault.directory}/${vaultLayout.manifest(guest)}`,
    serialiseVaultManifest(whole),
    0o644,
  );
}

function sortFiles(files: readonly ArchiveFile[]): ArchiveFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return [...byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}
