import { createHash } from 'node:crypto';
import { countNewBytes, listPrograms, listScriptPrograms } from '../host/needs.ts';
import { buildRebuildPlan } from '../plan/rebuild/build.ts';
import { nameSecret } from '../plan/rebuild/personalise.ts';
import { nameDiskSecret } from '../plan/rebuild/preseed.ts';
import type { PlanRequest } from '../plan/rebuild/request.ts';
import type { Plan } from '../plan/types.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { pathExists } from '../run/files.ts';
import { requirePrograms } from '../run/find-program.ts';
import { findUnfinished } from '../run/operations.ts';
import { countAvailableMemory, countFreeBelow } from '../run/probe-host.ts';
import { requireXlHost } from '../run/xl/check-host.ts';
import { checkKeptDiskSizes } from '../spec/kept-disks.ts';
import { formatSize } from '../spec/size.ts';
import type { GuestSpec, SecretReference } from '../spec/types.ts';
import { chooseImage } from './choose-image.ts';
import { chooseRoute, refuseInstaller } from './choose-route.ts';
import { chooseStoredInstaller } from './choose-stored-installer.ts';
import { chooseVault } from './choose-vault.ts';
import type { CommandContext } from './context.ts';
import { drawHex, drawOperation, type GuestHost, type PlanHost } from './guest-host.ts';
import { type IsoOptions, prepareIso } from './prepare-iso.ts';
import { type NetbootOptions, prepareNetboot } from './prepare-netboot.ts';

export interface RebuildOptions extends NetbootOptions, IsoOptions {
  readonly site?: string;
  readonly route?: string;
  readonly stop?: boolean;
  readonly yes?: boolean;
  readonly plan?: string;
  readonly dryRun?: boolean;
  readonly keep?: boolean;
  readonly bootstrapper?: string;
  readonly offline?: boolean;
}

/** Room for a root filesystem in the works: a Debian with its kernel and the user's packages. */
const WORK_BYTES = 2 * 1024 ** 3;

/** Makes the plan of a rebuild after every check that can be made before anything is touched. @throws Failure */
export async function makePlan(
  context: CommandContext,
  host: PlanHost,
  options: RebuildOptions,
): Promise<Plan> {
  const { site, facts, hostHash } = host;
  const guest = chooseRoute(host.guest, options.route);
  const bootstrapper = options.bootstrapper ?? 'mmdebstrap';
  if (bootstrapper !== 'mmdebstrap' && bootstrapper !== 'debootstrap') {
    throw new Failure(
      EXIT.usage,
      'RL0760',
      `unknown bootstrapper ${bootstrapper}`,
      'mmdebstrap or debootstrap',
    );
  }
  refuseUnfinished(host);
  refuseForeign(host);
  refuseOpen(host);
  if (guest.mirror.kind === 'host' && facts.mirrors === undefined) {
    const message = 'this machine has no Debian archive in its apt sources, or has never read them';
    throw new Failure(EXIT.notReady, 'RL0761', message, 'apt-get update, or name a mirror in the spec');
  }
  if (!pathExists(facts.keyring)) {
    const message = `the keys that the archive is checked with are missing: ${facts.keyring}`;
    throw new Failure(EXIT.notReady, 'RL0762', message, 'apt-get install debian-archive-keyring');
  }
  refuseInstaller(guest, facts);
  const request: PlanRequest = {
    ...{ site, guest, facts, hostHash },
    operation: drawOperation(facts, guest.name),
    nonce: drawHex(8),
    machineId: drawHex(16),
    specHash: hashSpec(host.guest),
    relightVersion: RELIGHT_VERSION,
    bootstrapper,
    keepRunning: options.keep !== false,
  };
  const stored = await chooseStoredInstaller(context, host, request, options);
  const { kind } = guest.install;
  const netboot =
    kind === 'installer'
      ? (stored?.netboot ?? (await prepareNetboot(request, options, host.session.runner, context.say)))
      : undefined;
  const iso =
    kind === 'iso' ? await prepareIso(context, { ...host, guest }, options, stored?.iso) : undefined;
  const vault = await chooseVault(context, host, request, options.offline === true);
  const image = chooseImage(host, request);
  const plan = buildRebuildPlan({
    ...request,
    ...(iso === undefined ? {} : { iso }),
    ...(netboot === undefined ? {} : { netboot }),
    ...(stored === undefined ? {} : { served: stored.served }),
    ...(vault === undefined ? {} : { vault }),
    ...(image === undefined ? {} : { image }),
  });
  const scripts = facts.hypervisor === 'xl' ? listScriptPrograms(guest, site.networks) : [];
  requirePrograms([...listPrograms(plan), ...scripts], context.environment);
  await requireHypervisor(host, plan);
  refuseTooFull(host, plan);
  return plan;
}

/** SHA-256 of the normalised spec: what a guest was built from. */
export function hashSpec(guest: GuestSpec): string {
  return createHash('sha256').update(JSON.stringify(guest)).digest('hex');
}

/** The secrets of a guest by the names that its plan uses. */
export function listSecrets(guest: GuestSpec): Map<string, SecretReference> {
  const accounts = [...guest.users, { name: 'root', password: guest.root.password }];
  const passwords = accounts.flatMap(({ name, password }): [string, SecretReference][] =>
    password === undefined ? [] : [[nameSecret(name), password]],
  );
  const key = guest.disks.find(({ role }) => role === 'root')?.key;
  return new Map([...passwords, ...(key === undefined ? [] : [[nameDiskSecret(guest.name), key] as const])]);
}

/** The old guest is stopped only when somebody said so, whether the plan came from a file or not. @throws Failure */
export function refuseRunning(host: GuestHost, options: RebuildOptions): void {
  if (!host.facts.running || options.stop === true) return;
  const message = `${host.guest.name} is running; it would be shut down once the new one has proved to boot`;
  throw new Failure(EXIT.notReady, 'RL0763', message, `allow it: relight rebuild ${host.guest.name} --stop`);
}

/** Room for the guest itself beside whatever runs: QEMU would be killed in the middle otherwise. */
function requireMemory(wanted: number): void {
  const available = countAvailableMemory();
  if (available >= wanted) return;
  const mebibytes = (bytes: number) => `${Math.floor(bytes / 1024 ** 2)}MiB`;
  const message = `too little memory: the guest takes ${mebibytes(wanted)}, ${mebibytes(available)} are available`;
  throw new Failure(EXIT.notReady, 'RL0776', message, 'end something, or give the guest less memory');
}

/** What xl and Xen need to start both the trial and the guest itself; the old guest may still run beside the trial. */
async function requireHypervisor({ site, guest, session, facts }: PlanHost, plan: Plan): Promise<void> {
  if (facts.hypervisor !== 'xl') {
    requireMemory(guest.memoryBytes);
    return;
  }
  for (const step of plan.actions.flatMap((action) => action.steps)) {
    if (step.do !== 'start-domain') continue;
    const { domain } = step;
    const bridges = domain.nics.flatMap((nic) => {
      const network = site.networks.get(nic.network);
      return network === undefined ? [] : [network.mode === 'routed' ? network.interface : network.bridge];
    });
    const stopped = domain.name === guest.name ? [guest.name, `${guest.name}~verify`] : [];
    await requireXlHost(session.runner, { domain, bridges: [...new Set(bridges)], stopped });
  }
}

function refuseUnfinished({ guest, facts }: PlanHost): void {
  const unfinished = findUnfinished(facts.paths, guest.name);
  if (unfinished === undefined) return;
  const message = `an earlier run for ${guest.name} (${unfinished.operation}) is unfinished`;
  const hint = `relight resume ${guest.name}   or   relight rollback ${guest.name}`;
  throw new Failure(EXIT.failed, 'RL0765', message, hint);
}

function refuseForeign({ guest, facts }: PlanHost): void {
  for (const disk of guest.disks.filter((each) => each.keep)) {
    const volume = facts.volumes.find((each) => each.name === `${guest.name}-${disk.name}`);
    const owner = volume?.tags.domu;
    if (volume === undefined || owner === guest.name) continue;
    if (owner === undefined && volume.filesystem !== undefined) continue;
    if (owner === undefined) {
      const message = `the volume ${volume.name} was not made by relight and holds no filesystem: it is not formatted`;
      throw new Failure(
        EXIT.notReady,
        'RL0711',
        message,
        `make a filesystem on ${volume.path}, or rename one of the two`,
      );
    }
    const message = `the volume ${volume.name} belongs to ${owner}`;
    throw new Failure(EXIT.failed, 'RL0711', message, 'rename the disk in one of the specs');
  }
  const sizes = new Map(facts.volumes.map((volume) => [volume.name, volume.size]));
  const kept = guest.disks.filter((disk) => disk.keep && sizes.has(`${guest.name}-${disk.name}`));
  const known = new Map(kept.map((disk) => [disk.name, sizes.get(`${guest.name}-${disk.name}`) ?? 0]));
  const [issue] = checkKeptDiskSizes(guest, { sizes: known });
  if (issue !== undefined) throw new Failure(EXIT.invalid, issue.code, issue.message, issue.hint);
}

/** What dom0 or another guest writes to as well would be damaged; `xl create` says so only after the whole install. */
function refuseOpen({ guest, facts }: PlanHost): void {
  if (facts.running) return;
  const kept = guest.disks.filter((disk) => disk.keep).map((disk) => `${guest.name}-${disk.name}`);
  const held = facts.volumes.find((volume) => volume.open && kept.includes(volume.name));
  if (held !== undefined) throw makeFailure(EXIT.notReady, 'RL0716', { path: held.path });
}

function refuseTooFull({ facts }: PlanHost, plan: Plan): void {
  const inFiles = facts.storage.kind === 'files';
  const wanted = countNewBytes(plan);
  // Files are sparse: they need what will be written, which is about what the root in the works needs.
  const needed = inFiles ? Math.min(wanted, WORK_BYTES) : wanted;
  const free = countFreeBelow(facts.paths.state);
  const below = WORK_BYTES + (inFiles ? needed : 0);
  const hasOld = facts.live !== undefined;
  // The larger need first, so that nobody makes room twice.
  if (inFiles && free < below) refuseSpace(`the state directory ${facts.paths.state}`, below, free, hasOld);
  if (facts.freeBytes < needed) refuseSpace('the storage', needed, facts.freeBytes, hasOld);
  if (free < below) refuseSpace(`the state directory ${facts.paths.state}`, below, free, hasOld);
}

function refuseSpace(where: string, needed: number, free: number, hasOld: boolean): never {
  const mebibytes = (bytes: number) => formatSize(Math.floor(bytes / 1024 ** 2) * 1024 ** 2);
  const message = `too little space in ${where}: ${mebibytes(needed)} are needed, ${mebibytes(free)} are free`;
  const hint = hasOld
    ? 'free some: relight prune removes old generations'
    : 'free some, or name another place: host.storage in site.yaml for disks, RELIGHT_STATE for the work';
  throw new Failure(EXIT.notReady, 'RL0766', message, hint);
}
