import type { PreseedRequest } from '../../render/preseed-request.ts';
import { listPackages } from './packages.ts';
import { nameSecret } from './personalise.ts';
import type { PlanContext, PlannedDisk } from './request.ts';
import { findMirrors, findProxy } from './sources.ts';

/** The name of the secret that opens an encrypted root disk. */
export function nameDiskSecret(guest: string): string {
  return `disk key of ${guest}`;
}

/**
 * What the installer's preseed is made of. The installer is given the rebuilt disks only: on Xen they keep their names
 * of the spec's order, in QEMU they are counted and the root is the first.
 */
export function makePreseedRequest(context: PlanContext): PreseedRequest {
  const { guest, facts, served } = context;
  const rebuilt = context.disks.filter(({ disk }) => !disk.keep);
  const installed = [context.rootDisk, ...rebuilt.filter((planned) => planned !== context.rootDisk)];
  const nameDevice = (planned: PlannedDisk) =>
    facts.hypervisor === 'xl'
      ? `/dev/${planned.target}`
      : `/dev/vd${String.fromCharCode('a'.charCodeAt(0) + installed.indexOf(planned))}`;
  const swap = installed.find(({ disk }) => disk.role === 'swap');
  const others = installed.filter((planned) => planned.disk.role === 'root' && planned !== context.rootDisk);
  return {
    guest,
    ...(served === undefined
      ? { mirror: findMirrors(context), proxy: findProxy(context) }
      : { mirror: { archive: served.url, security: undefined }, proxy: undefined, suiteAlone: true }),
    rootDevice: nameDevice(context.rootDisk),
    raidDevices: others.map(nameDevice),
    swap: swap === undefined ? undefined : { device: nameDevice(swap), uuid: swap.filesystemUuid },
    packages: listPackages(context),
    // The installer makes the root filesystem, and GRUB's own scripts find its UUID: a root= here would win over theirs.
    commandLine: context.consoleArguments,
    nameSecret,
    diskSecret: nameDiskSecret(guest.name),
  };
}
