import type { PreseedRequest } from '../../render/preseed-request.ts';
import { listPackages } from './packages.ts';
import { nameSecret } from './personalise.ts';
import type { PlanContext } from './request.ts';
import { findMirrors, findProxy } from './sources.ts';

/** The name of the secret that opens an encrypted root disk. */
export function nameDiskSecret(guest: string): string {
  return `disk key of ${guest}`;
}

/**
 * What the installer's preseed is made of. The installer is given the rebuilt disks only: on Xen they keep their names
 * of the spec's order, in QEMU the root is the first and swap the second.
 */
export function makePreseedRequest(context: PlanContext): PreseedRequest {
  const { guest, facts } = context;
  const isXen = facts.hypervisor === 'xl';
  const swap = context.disks.find(({ disk }) => disk.role === 'swap');
  return {
    guest,
    mirror: findMirrors(context),
    proxy: findProxy(context),
    rootDevice: isXen ? `/dev/${context.rootDisk.target}` : '/dev/vda',
    swap:
      swap === undefined
        ? undefined
        : { device: isXen ? `/dev/${swap.target}` : '/dev/vdb', uuid: swap.filesystemUuid },
    packages: listPackages(context),
    // The installer makes the root filesystem, and GRUB's own scripts find its UUID: a root= here would win over theirs.
    commandLine: context.consoleArguments,
    nameSecret,
    diskSecret: nameDiskSecret(guest.name),
  };
}
