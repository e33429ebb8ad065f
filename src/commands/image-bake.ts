import { createHash } from 'node:crypto';
import type { HostFacts, HostPaths } from '../host/facts.ts';
import { listPrograms } from '../host/needs.ts';
import { statePaths } from '../host/paths.ts';
import { compareLocks, type ImageLock, type LockChange, parseLock, serialiseLock } from '../image/lock.ts';
import { buildBakePlan } from '../plan/bake/build.ts';
import { listImagePackages } from '../plan/bake/request.ts';
import { formatPlan } from '../plan/format.ts';
import { findCacheProxy, listSuiteSources } from '../plan/rebuild/sources.ts';
import type { Plan } from '../plan/types.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { resolveLock } from '../run/bake/resolve.ts';
import { listDirectory } from '../run/directory.ts';
import { pathExists, readBytesFile, readTextFile, writeFileAtomically } from '../run/files.ts';
import { requirePrograms } from '../run/find-program.ts';
import { requireRoot } from '../run/identity.ts';
import { openImageStore } from '../run/image-store.ts';
import { findUnfinished } from '../run/operations.ts';
import { ARCHIVE_KEYRING, choosePaths, countFreeBelow, probeMirrors } from '../run/probe-host.ts';
import { continueOperation, startOperation } from '../run/run-operation.ts';
import { openSession, type Session } from '../run/session.ts';
import type { ImageSpec } from '../spec/image-types.ts';
import { formatSize } from '../spec/size.ts';
import type { Site } from '../spec/types.ts';
import type { CommandContext } from './context.ts';
import { drawHex } from './guest-host.ts';
import { loadSite, requireImage } from './load-site.ts';
import { makeOperationView } from './operate.ts';

export interface BakeOptions {
  readonly site?: string;
  readonly store?: string;
  readonly update?: boolean;
  readonly acceptSetuid?: boolean;
  /** False: the store gets no unpacked copies. */
  readonly unpacked?: boolean;
  readonly dryRun?: boolean;
}

/** An image of the site, locked, and what this machine has to bake it with. */
interface BakeHost {
  readonly site: Site;
  readonly image: ImageSpec;
  readonly paths: HostPaths;
  readonly session: Session;
  readonly store: string;
  /** The vault's directory: packages that the archive has no more may be there. */
  readonly vault: string;
  readonly lockFile: string;
  readonly mirrors: HostFacts['mirrors'];
}

const LARGEST_FILE = 256 * 1024 * 1024;
const LARGEST_LOCK = 16 * 1024 * 1024;

/** `relight image bake NAME`: the image of images/NAME.yaml, from its lock, into the store. */
export async function runImageBake(
  context: CommandContext,
  name: string,
  options: BakeOptions,
): Promise<ExitStatus> {
  const { site, image } = requireImage(context, loadSite(context, options.site), name);
  requireRoot('relight image bake');
  const machine = choosePaths('qemu', context.environment);
  const state = statePaths.bake(machine);
  const paths: HostPaths = { state, config: `${state}/configs`, auto: undefined };
  const session = await openSession({
    ...{ guest: name, subject: `the image ${name}`, paths, hypervisor: 'qemu' },
    command: `relight image bake ${name}`,
    environment: context.environment,
    signal: context.signal,
    say: context.verbose ? (line) => context.say(`${line}\n`) : undefined,
  });
  try {
    const store = options.store ?? statePaths.images(machine);
    const lockFile = `${site.directory}/images/${name}.lock`;
    const vault = statePaths.vault(machine);
    const mirrors = await probeMirrors(session.runner);
    return await bake(context, { site, image, paths, session, store, vault, lockFile, mirrors }, options);
  } catch (error) {
    throw explainBake(error, name, session.log.path);
  } finally {
    session.close();
  }
}

async function bake(context: CommandContext, host: BakeHost, options: BakeOptions): Promise<ExitStatus> {
  requirePrograms(
    ['apt-get', 'dpkg-deb', 'zstd', 'debugfs', 'dumpe2fs', 'e2fsck', 'mke2fs'],
    context.environment,
  );
  await takeBackUnfinished(context, host);
  const { lockFile } = host;
  const before = pathExists(lockFile) ? parseLock(readTextFile(lockFile, LARGEST_LOCK), lockFile) : undefined;
  const isFresh = before === undefined || options.update === true;
  const lock = isFresh ? await resolve(context, host) : before;
  refuseStale(lock, host);
  if (before !== undefined && isFresh) context.print(formatChanges(compareLocks(before, lock)));
  const plan = makeBakePlan(host, lock, options);
  requirePrograms(listPrograms(plan), context.environment);
  refuseTooFull(host, lock);
  if (options.dryRun === true) {
    context.print(`${formatPlan(plan, true)}Dry run: nothing was changed.\n`);
    return EXIT.done;
  }
  const { request, view } = makeOperationView(context, host, plan);
  await startOperation(plan, new Map(), request);
  view.close();
  // Only a lock that an image was made from replaces the one before.
  if (isFresh) writeFileAtomically(lockFile, serialiseLock(lock), 0o644);
  context.print(describeBake(host, view.times, isFresh));
  return EXIT.done;
}

/** A bake that was cut off has nothing that is worth going on with: its layers have their names or are no layers. */
async function takeBackUnfinished(context: CommandContext, host: BakeHost): Promise<void> {
  const unfinished = findUnfinished(host.paths, host.image.name);
  if (unfinished === undefined) return;
  context.say(`an earlier bake (${unfinished.operation}) was cut off: it is taken back\n`);
  const { request, view } = makeOperationView(context, host, {
    guest: host.image.name,
    operation: unfinished.operation,
    actions: [],
  });
  await continueOperation(unfinished, 'rollback', request);
  view.close();
}

async function resolve(context: CommandContext, host: BakeHost): Promise<ImageLock> {
  const { image, mirrors, site, paths, session } = host;
  const own =
    image.mirror.kind === 'url' ? { archive: image.mirror.url, security: mirrors?.security } : mirrors;
  if (own === undefined) {
    const message = 'this machine has no Debian archive in its apt sources, or has never read them';
    throw new Failure(EXIT.notReady, 'RL0761', message, 'apt-get update, or name a mirror in the image');
  }
  context.say(`asking the archive which packages make up ${image.name}\n`);
  return resolveLock(session.runner, {
    image: image.name,
    suite: image.suite,
    packages: listImagePackages(image),
    sources: listSuiteSources(image.suite, own),
    keyring: ARCHIVE_KEYRING,
    proxy: findCacheProxy(site.host.cache),
    directory: `${paths.state}/apt/${image.name}`,
    below: `${paths.state}/apt`,
  });
}

/** A lock answers one request: another one needs a new lock. @throws Failure RL1524 */
function refuseStale(lock: ImageLock, { image, lockFile }: BakeHost): void {
  const wanted = listImagePackages(image);
  const differences = [
    ...(lock.suite === image.suite ? [] : [`suite ${image.suite} instead of ${lock.suite}`]),
    ...wanted.filter((name) => !lock.request.includes(name)).map((name) => `+${name}`),
    ...lock.request.filter((name) => !wanted.includes(name)).map((name) => `-${name}`),
  ];
  if (differences.length === 0) return;
  throw makeFailure(EXIT.invalid, 'RL1524', {
    lock: lockFile,
    image: image.name,
    differences: differences.join(' '),
  });
}

function makeBakePlan(host: BakeHost, lock: ImageLock, options: BakeOptions): Plan {
  const { image, paths, session, site, mirrors } = host;
  const store = openImageStore(host.store, session.runner);
  const previous = store.list().find((each) => each.name === image.name && each.current);
  const known = previous === undefined ? undefined : store.readManifest(previous).privileged;
  const layers = `${paths.state}/layers/${image.name}`;
  return buildBakePlan({
    ...{ image, lock, paths, mirrors, store: host.store },
    vaults: [host.vault],
    proxy: findCacheProxy(site.host.cache),
    operation: drawHex(3),
    relightVersion: RELIGHT_VERSION,
    compact: options.unpacked === false,
    fileHashes: hashFiles(image),
    madeLayers: listDirectory(layers).map((name) => `${layers}/${name}`),
    knownPrivileged: options.acceptSetuid === true ? undefined : known,
  });
}

function hashFiles(image: ImageSpec): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const { source } of [...image.files, ...image.fromRoles.files]) {
    if (source.kind !== 'file') continue;
    hashes[source.path] = createHash('sha256').update(readBytesFile(source.path, LARGEST_FILE)).digest('hex');
  }
  return hashes;
}

/** Layer, copy and filesystem, each about five times what the packages take, at least 2 GiB; chunks, and their unpacked copies. */
function refuseTooFull({ paths, store }: BakeHost, lock: ImageLock): void {
  const packages = lock.packages.reduce((sum, each) => sum + each.size, 0);
  const needed = Math.max(16 * packages, 2 * 1024 ** 3);
  for (const [where, path, bytes] of [
    ['the state directory', paths.state, needed],
    ['the image store', store, 8 * packages],
  ] as const) {
    const free = countFreeBelow(path);
    if (free >= bytes) continue;
    const mebibytes = (size: number) => formatSize(Math.floor(size / 1024 ** 2) * 1024 ** 2);
    const message = `too little space in ${where} ${path}: ${mebibytes(bytes)} are needed, ${mebibytes(free)} are free`;
    throw new Failure(EXIT.notReady, 'RL0766', message, 'free some space there');
  }
}

/** Which packages a renewed lock changed: name, old and new version, and whether it is a security update. */
function formatChanges(changes: readonly LockChange[]): string {
  if (changes.length === 0) return 'The lock is up to date: no package has changed.\n';
  const rows = changes.map(
    ({ name, before, after, security }) =>
      `  ${name}  ${before ?? '(new)'} -> ${after ?? '(gone)'}${security ? '  security' : ''}`,
  );
  return `Packages that changed:\n${rows.join('\n')}\n`;
}

function describeBake(host: BakeHost, times: ReadonlyMap<string, number>, isFresh: boolean): string {
  const store = openImageStore(host.store, host.session.runner);
  const image = store.find(host.image.name);
  const manifest = store.readManifest(image);
  const { filesystem, packages, chunks } = manifest;
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  return [
    '',
    `${image.name}@${image.hash.slice(0, 12)} is in the store ${host.store}.`,
    `  filesystem  sha256 ${filesystem.sha256}`,
    `  manifest    sha256 ${image.hash}`,
    `  size        ${mebibytes(filesystem.dataBytes)} in ${chunks.length} chunks; a root disk needs ${mebibytes(filesystem.size)} or more`,
    `  packages    ${packages.length}${isFresh ? `, written to ${host.lockFile}` : ', as the lock says'}`,
    `  time        ${[...times].map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)} s`).join(', ')}`,
    '',
  ].join('\n');
}

/** The hints of a rebuild speak of guests: those of a bake say what a bake does. */
function explainBake(error: unknown, name: string, log: string): unknown {
  if (!(error instanceof Failure) || (error.status !== EXIT.failed && error.status !== EXIT.interrupted))
    return error;
  const again = `the store is as it was; the log is ${log}; again with: relight image bake ${name}`;
  const message = error.status === EXIT.interrupted ? `interrupted while ${name} was baked` : error.message;
  const hint =
    error.status === EXIT.interrupted || error.hint === undefined ? again : `${error.hint}\n  hint: ${again}`;
  return new Failure(error.status, error.code, message, hint);
}
