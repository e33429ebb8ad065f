import type { Action, Plan } from '../plan/types.ts';
import type { GuestSpec, Site } from '../spec/types.ts';
import { findProgram } from '../tools/chroot.ts';

/** Those of a restore: some are called by a script. */
const RESTORE_PROGRAMS = ['zstd', 'tune2fs', 'losetup', 'resize2fs'] as const;

/** Programs that a plan calls on this machine, found in its own commands; what runs inside the guest's root is not ours. */
export function listPrograms(plan: Plan): string[] {
  const programs = new Set<string>(['flock', 'tar', 'chroot', 'unshare', 'blkid', 'perl']);
  const read = (action: Action) => {
    for (const step of [...action.steps, ...action.undo]) {
      const program = step.do === 'run' ? findProgram(step.argv) : undefined;
      // A path of its own is relight's, written before it is run.
      if (program !== undefined && !program.startsWith('/')) programs.add(program);
      if (step.do === 'format-if-blank' && step.filesystem === 'xfs') programs.add('mkfs.xfs');
      if (step.do === 'create-volume' && step.storage.kind !== 'files') programs.add('lvcreate');
      if (step.do === 'restore-image') for (const name of RESTORE_PROGRAMS) programs.add(name);
      if (step.do === 'mount-root') for (const name of ['mount', 'umount', 'sfdisk']) programs.add(name);
      if (step.do === 'adopt-root') for (const name of ['e2fsck', 'tune2fs', 'sfdisk']) programs.add(name);
      if (step.do === 'mount-layers') for (const name of ['mount', 'umount', 'cp']) programs.add(name);
      if (step.do === 'build-image') programs.add('xorriso');
      if (step.do === 'start-domain') programs.add(plan.hypervisor === 'xl' ? 'xl' : 'qemu-system-x86_64');
    }
  };
  for (const action of plan.actions) read(action);
  return [...programs].sort();
}

/**
 * Programs that Xen's own scripts call for a guest's vifs. Source: /etc/xen/scripts/vif-route of xen-utils-common 4.20,
 * which calls ifconfig(8) without asking for its package.
 */
export function listScriptPrograms(guest: GuestSpec, networks: Site['networks']): string[] {
  const isRouted = guest.nics.some((nic) => networks.get(nic.network)?.mode === 'routed');
  return isRouted ? ['ifconfig'] : [];
}

/** Bytes that the plan's new volumes take. */
export function countNewBytes(plan: Plan): number {
  return plan.actions
    .flatMap((action) => action.creates)
    .reduce((sum, resource) => sum + (resource.kind === 'volume' ? (resource.size ?? 0) : 0), 0);
}
