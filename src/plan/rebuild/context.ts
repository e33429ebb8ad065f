import { statePaths } from '../../host/paths.ts';
import { wishVolume } from '../../resources/volume.ts';
import { deriveUuid } from '../../spec/identity.ts';
import type { GuestSpec } from '../../spec/types.ts';
import type { PlanContext, PlannedDisk, PlanRequest } from './request.ts';

/** Works out names, paths and UUIDs that the actions of one rebuild share. */
export function makeContext(request: PlanRequest): PlanContext {
  const disks = request.guest.disks.map((_, index) => planDisk(request, index));
  const rootDisk = disks.find((planned) => planned.disk.role === 'root');
  if (rootDisk === undefined) throw new TypeError('a checked spec has a root disk');
  const { facts, guest, operation } = request;
  const work = statePaths.work(facts.paths, operation);
  const serialConsole = facts.hypervisor === 'qemu' || guest.guest === 'hvm';
  const consoleArguments = serialConsole ? 'console=tty0 console=ttyS0,115200n8' : 'console=hvc0';
  // Each byte on an HVM guest's serial line is an exit to its device model; a panic is printed all the same.
  const quiet = facts.hypervisor === 'xl' && guest.guest === 'hvm' ? ' quiet' : '';
  return {
    ...request,
    disks,
    rootDisk,
    work,
    rootfs: `${work}/rootfs`,
    operationDirectory: statePaths.operation(facts.paths, guest.name, operation),
    serialConsole,
    consoleArguments: `${consoleArguments}${quiet}`,
    commandLine: `root=UUID=${rootDisk.filesystemUuid} ro ${consoleArguments}${quiet}`,
  };
}

function planDisk(request: PlanRequest, index: number): PlannedDisk {
  const { site, guest, facts, operation } = request;
  const disk = guest.disks[index] as GuestSpec['disks'][number];
  const volume = wishVolume(facts.storage, guest.name, disk, operation, facts.devicesDirectory);
  const found = facts.volumes.find((fact) => fact.name === volume.name);
  // A rebuilt filesystem gets a new UUID each time, so that old and new never meet on one machine.
  const derived = deriveUuid(site.name, guest.name, disk.name, disk.keep ? 'kept' : operation);
  return {
    disk,
    volume,
    target: `xvd${String.fromCharCode('a'.charCodeAt(0) + index)}`,
    filesystemUuid: found?.filesystem?.uuid ?? derived,
    found: found === undefined ? 'absent' : found.tags.domu === guest.name ? 'own' : 'foreign',
  };
}
