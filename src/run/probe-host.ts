import { createHash } from 'node:crypto';
import { statfsSync } from 'node:fs';
import type { HostFacts, HostPaths, MirrorFacts, VolumeFact } from '../host/facts.ts';
import { INDEX_TARGET_FORMAT, parseIndexTargets } from '../host/mirrors.ts';
import { statePaths } from '../host/paths.ts';
import { parseConfigHeader } from '../render/config-header.ts';
import { defaultStorage } from '../resources/volume.ts';
import type { GuestSpec, HostSpec, Site } from '../spec/types.ts';
import { buildProbeArgv, parseProbe } from '../tools/filesystem.ts';
import { listDirectory } from './directory.ts';
import { pathExists, readBytesFile, readTextFile } from './files.ts';
import type { Hypervisor } from './hypervisor.ts';
import { probeForwards } from './probe-network.ts';
import type { Runner } from './runner.ts';
import type { StoredVolume, VolumeStore } from './volume-store.ts';
import { readDevicesDirectory } from './volumes/lvm-store.ts';

/** The keys that Debian's archives are checked with. */
export const ARCHIVE_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const LARGEST_FILE = 256 * 1024 * 1024;

/** Which hypervisor a site means on this machine: xl on a dom0, QEMU elsewhere (xen.git: docs/man, /proc/xen). */
export function chooseHypervisor(host: HostSpec): 'xl' | 'qemu' {
  if (host.hypervisor !== 'auto') return host.hypervisor;
  const path = '/proc/xen/capabilities';
  return pathExists(path) && readTextFile(path).includes('control_d') ? 'xl' : 'qemu';
}

/** Where things are kept. `RELIGHT_STATE` and `RELIGHT_XEN_CONFIG` move them. */
export function choosePaths(
  hypervisor: 'xl' | 'qemu',
  environment: Readonly<Record<string, string | undefined>>,
): HostPaths {
  const state = environment.RELIGHT_STATE ?? '/var/lib/relight';
  if (hypervisor === 'qemu') return { state, config: `${state}/configs`, auto: undefined };
  const config = environment.RELIGHT_XEN_CONFIG ?? '/etc/xen';
  return { state, config, auto: `${config}/auto` };
}

/** Looks at everything that a plan for this guest rests on. Reads only. */
export async function probeHost(request: {
  readonly site: Site;
  readonly guest: GuestSpec;
  readonly paths: HostPaths;
  readonly hypervisor: Hypervisor;
  readonly runner: Runner;
  readonly openStore: (storage: HostFacts['storage']) => VolumeStore;
}): Promise<HostFacts> {
  const { site, guest, paths, hypervisor, runner } = request;
  await hypervisor.requireAnswer?.();
  const storage = site.host.storage ?? defaultStorage(paths);
  const store = request.openStore(storage);
  const volumes = await store.list();
  const own = volumes.filter((volume) => isAboutGuest(volume, guest));
  const configPath = statePaths.config(paths, guest.name);
  const configText = pathExists(configPath) ? readTextFile(configPath) : undefined;
  const header = configText === undefined ? undefined : parseConfigHeader(configText);
  const link = statePaths.autoLink(paths, guest.name);
  return {
    hypervisor: hypervisor.name,
    paths,
    storage,
    devicesDirectory: storage.kind === 'files' ? '/dev' : await readDevicesDirectory(runner),
    freeBytes: await store.countFreeBytes(),
    volumes: await Promise.all(own.map((volume) => describeVolume(volume, runner))),
    live:
      header === undefined || configText === undefined
        ? undefined
        : { operation: header.operation, configPath, configText },
    foreignConfig: header === undefined ? configText : undefined,
    running: (await hypervisor.find(guest.name)) !== undefined,
    autostart: link !== undefined && pathExists(link),
    mirrors: await probeMirrors(runner),
    keyring: ARCHIVE_KEYRING,
    identity: listDirectory(statePaths.identity(paths, guest.name)),
    fileHashes: hashFiles(guest),
    xenVersion: undefined,
    network: hypervisor.name === 'xl' ? await probeForwards(runner) : undefined,
  };
}

function isAboutGuest(volume: StoredVolume, guest: GuestSpec): boolean {
  return (
    volume.tags?.domu === guest.name ||
    guest.disks.some((disk) => volume.name === `${guest.name}-${disk.name}`)
  );
}

async function describeVolume(volume: StoredVolume, runner: Runner): Promise<VolumeFact> {
  const result = await runner.run({ argv: buildProbeArgv(volume.path), deadlineSeconds: 60, accept: [2] });
  const found = result.failed ? {} : parseProbe(result.stdout);
  const type = found.TYPE ?? found.PTTYPE;
  const { tags } = volume;
  return {
    name: volume.name,
    path: volume.path,
    size: volume.size,
    tags:
      tags === undefined ? {} : { domu: tags.domu, op: tags.operation, role: tags.role, state: tags.state },
    uuid: volume.uuid,
    filesystem: type === undefined ? undefined : { type, uuid: found.UUID },
    open: volume.open,
  };
}

/** The archives of this machine's apt; undefined before the first `apt-get update`. */
export async function probeMirrors(runner: Runner): Promise<MirrorFacts | undefined> {
  const argv = ['apt-get', 'indextargets', '--format', INDEX_TARGET_FORMAT];
  const result = await runner.run({ argv, deadlineSeconds: 60 });
  return result.failed ? undefined : parseIndexTargets(result.stdout);
}

/** A plan is made for these very files: what changes between plan and rebuild is noticed. */
function hashFiles(guest: GuestSpec): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const { source } of guest.files) {
    if (source.kind !== 'file') continue;
    hashes[source.path] = createHash('sha256').update(readBytesFile(source.path, LARGEST_FILE)).digest('hex');
  }
  return hashes;
}

/** What must not have changed between `plan -o` and `rebuild --plan`: free space and mirrors may. */
export function hashFacts(facts: HostFacts): string {
  const { hypervisor, paths, storage, volumes, live, foreignConfig, running, autostart, fileHashes } = facts;
  const stable = { hypervisor, paths, storage, volumes, live, foreignConfig, running, autostart, fileHashes };
  return createHash('sha256').update(JSON.stringify(stable)).digest('hex');
}

/** Bytes that may be written below a directory, or below its nearest parent that exists. */
export function countFreeBelow(directory: string): number {
  let path = directory;
  while (!pathExists(path) && path !== '/') path = path.slice(0, path.lastIndexOf('/')) || '/';
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Bytes that new programs may take without swapping (proc_meminfo(5), MemAvailable). */
export function countAvailableMemory(): number {
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(readTextFile('/proc/meminfo'));
  return Number(found?.[1] ?? 0) * 1024;
}
