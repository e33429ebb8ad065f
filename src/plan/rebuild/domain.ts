import { statePaths } from '../../host/paths.ts';
import type { CheckSpec, NicSpec } from '../../spec/types.ts';
import type { DomainDefinition } from '../types.ts';
import type { PlanContext, PlannedDisk } from './request.ts';

/** Verification needs no more than the guest has, and no less than a Debian boots with. */
const VERIFY_MEMORY_LIMIT = 1024 ** 3;

/** The guest as it will live. */
export function defineGuest(context: PlanContext): DomainDefinition {
  const { guest } = context;
  return define(context, guest.name, guest.uuid, context.disks, guest.nics, guest.memoryBytes);
}

/** The guest as it is tried: no network, no kept disks, an identity of its own. */
export function defineVerification(context: PlanContext, uuid: string): DomainDefinition {
  const { guest } = context;
  const disks = context.disks.filter((planned) => !planned.disk.keep);
  const memory = Math.min(guest.memoryBytes, VERIFY_MEMORY_LIMIT);
  return define(context, `${guest.name}~verify`, uuid, disks, [], memory);
}

function define(
  context: PlanContext,
  name: string,
  uuid: string,
  disks: readonly PlannedDisk[],
  nics: readonly NicSpec[],
  memoryBytes: number,
): DomainDefinition {
  const { guest, facts, operation, commandLine } = context;
  const boot = statePaths.boot(facts.paths, guest.name, operation);
  return {
    name,
    uuid,
    guest: guest.guest,
    boot: guest.boot,
    memoryBytes,
    vcpus: guest.vcpus,
    disks: disks.map((planned) => ({
      name: planned.volume.name,
      device: planned.volume.path,
      target: planned.target,
      readOnly: false,
    })),
    nics,
    kernel:
      guest.boot === 'direct'
        ? { kernel: `${boot}/vmlinuz`, initrd: `${boot}/initrd.img`, commandLine }
        : undefined,
    ports: nics.length === 0 ? [] : listPorts(guest.checks),
  };
}

/** TCP ports that a check talks to, and SSH, which a person wants to reach in any case. */
function listPorts(checks: readonly CheckSpec[]): number[] {
  const ports = new Set<number>([22]);
  for (const check of checks) {
    if (check.kind === 'port') ports.add(check.port);
    else {
      const url = new URL(check.url);
      ports.add(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));
    }
  }
  return [...ports].sort((a, b) => a - b);
}
