import type { HostPaths } from '../host/facts.ts';
import { statePaths } from '../host/paths.ts';
import type { RunningDomain } from '../run/hypervisor.ts';
import type { OperationRecord } from '../run/operations.ts';
import { readLastReady } from '../run/steps/last-ready.ts';
import type { ReadyFacts } from '../watch/boot.ts';

/** `mode` is PV, PVH, PVHVM or HVM under Xen. */
export interface GuestMode {
  readonly mode: string;
  /** How it was learnt. */
  readonly source: string;
}

/**
 * How a guest runs: by the word of its own kernel in its last ready line, or else by what Xen made of its configuration.
 * A ready line that Xen contradicts is from another life of the guest, and does not count.
 */
export function findMode(
  operations: readonly OperationRecord[],
  paths: HostPaths,
  running: RunningDomain,
): GuestMode | undefined {
  const type = running.shape.type?.toUpperCase();
  for (const { operation } of [...operations].reverse()) {
    const facts = readLastReady(`${statePaths.operation(paths, running.name, operation)}/console.log`);
    if (facts === undefined) continue;
    if (type !== undefined && facts.guestType !== type) break;
    return { mode: nameMode(facts), source: `the ready line of operation ${operation}` };
  }
  if (type === undefined) return undefined;
  const source = 'xl list -l: the guest itself has not said anything that was read';
  return { mode: type, source: type === 'HVM' ? `${source}; PVHVM with Xen's drivers` : source };
}

/** As the guest's kernel says (Documentation/ABI/stable/sysfs-hypervisor-xen); HVM with Xen's drivers is PVHVM. */
function nameMode(facts: ReadyFacts): string {
  if (facts.guestType === '') return `not Xen: ${facts.virtualization}`;
  if (facts.guestType !== 'HVM') return facts.guestType;
  return facts.modules.some((module) => /^xen[-_](blk|net)front/.test(module)) ? 'PVHVM' : 'HVM';
}
