import type { HostPaths } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import type { SecretReference, StorageSpec } from '../spec/types.ts';
import { listDirectory } from './directory.ts';
import type { Hypervisor } from './hypervisor.ts';
import { acquireLock, type Lock } from './lock.ts';
import { openRunLog, type RunLog } from './logs.ts';
import { createQemuHypervisor } from './qemu/hypervisor.ts';
import type { Runner } from './runner.ts';
import { createRunner } from './runner-spawn.ts';
import { withLog, withRedaction, withVerbose } from './runner-wrappers.ts';
import { createSecretStore, readSecrets, type SecretStore } from './secrets.ts';
import type { VolumeStore } from './volume-store.ts';
import { openVolumeStore } from './volumes/store.ts';
import { createXlHypervisor } from './xl/hypervisor.ts';

export interface SessionRequest {
  readonly guest: string;
  /** What is locked, for the message of those who come later: `the guest` unless said. */
  readonly subject?: string;
  readonly command: string;
  readonly paths: HostPaths;
  readonly hypervisor: 'xl' | 'qemu';
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Told of every command under `-v`. */
  readonly say: ((line: string) => void) | undefined;
}

/** What a command that changes a guest works with: the guest's lock, one log, runners, the hypervisor. */
export interface Session {
  readonly lock: Lock;
  readonly log: RunLog;
  readonly runner: Runner;
  /** Not stopped by Ctrl-C: for taking things back. */
  readonly steadyRunner: Runner;
  readonly hypervisor: Hypervisor;
  readonly steadyHypervisor: Hypervisor;
  readonly openStore: (storage: StorageSpec) => VolumeStore;
  readonly secrets: SecretStore;
  readonly addSecrets: (references: ReadonlyMap<string, SecretReference>) => void;
  readonly close: () => void;
}

/** Locks the guest and opens the run's log. @throws Failure EXIT.locked when another run holds it */
export async function openSession(request: SessionRequest): Promise<Session> {
  const { guest, paths, environment, signal } = request;
  // What dpkg and its scripts make in a root gets its mode by this. Secrets get theirs by name.
  process.umask(0o022);
  const holder = { pid: process.pid, command: request.command, since: new Date().toISOString() };
  const lock = await acquireLock(statePaths.lock(paths, guest), holder, environment, request.subject);
  const now = () => new Date().toISOString();
  const log = openRunLog(`${statePaths.guest(paths, guest)}/logs`, 'run', now);
  const secrets = createSecretStore();
  const wrap = (options: { signal?: AbortSignal }) => {
    const real = createRunner({ environment, lockDescriptor: lock.descriptor, ...options });
    const logged = withLog(withRedaction(real, secrets.redact), { write: log.write });
    return request.say === undefined ? logged : withVerbose(logged, request.say);
  };
  const runner = wrap({ signal });
  const steadyRunner = wrap({});
  return {
    lock,
    log,
    runner,
    steadyRunner,
    hypervisor: openHypervisor(request.hypervisor, runner, paths),
    steadyHypervisor: openHypervisor(request.hypervisor, steadyRunner, paths),
    openStore: (storage) => openVolumeStore(storage, steadyRunner),
    secrets,
    addSecrets: (references) => {
      const read = readSecrets(references, environment);
      for (const name of references.keys()) secrets.add(name, read.get(name));
    },
    close: () => {
      log.close();
      lock.release();
    },
  };
}

/** The hypervisor of this machine or site. */
export function openHypervisor(name: 'xl' | 'qemu', runner: Runner, paths: HostPaths): Hypervisor {
  const runtime = statePaths.runtime(paths);
  if (name === 'xl') return createXlHypervisor({ runner, runtime });
  return createQemuHypervisor({ runner, runtime, findKernel: () => findKernel(paths) });
}

/** Any kernel that a root filesystem in the works has: enough to try whether KVM runs one. */
function findKernel(paths: HostPaths): string | undefined {
  for (const operation of listDirectory(`${paths.state}/work`)) {
    const boot = `${paths.state}/work/${operation}/rootfs/boot`;
    const kernel = listDirectory(boot).find((name) => name.startsWith('vmlinuz-'));
    if (kernel !== undefined) return `${boot}/${kernel}`;
  }
  return undefined;
}
