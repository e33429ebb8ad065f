import type { DomainDefinition } from '../plan/types.ts';
import type { QemuNetwork } from './qemu-network.ts';

/** Where a running QEMU keeps what relight needs of it. */
export interface QemuPlaces {
  readonly pidFile: string;
  readonly controlSocket: string;
  readonly consoleLog: string;
  /** Firmware and its variables, for UEFI guests. */
  readonly firmware: { readonly code: string; readonly variables: string } | undefined;
}

export interface QemuRequest {
  readonly domain: DomainDefinition;
  readonly places: QemuPlaces;
  readonly accelerator: 'kvm' | 'tcg';
  readonly networks: readonly QemuNetwork[];
  /** A guest that is only tried must not start over: a reboot ends it. */
  readonly stopOnReboot: boolean;
}

/**
 * QEMU reads commas inside an option's value as separators; a doubled comma stands for one (qemu(1)).
 */
function escapeComma(value: string): string {
  return value.replaceAll(',', ',,');
}

/** argv of qemu-system-x86_64(1) for a guest that runs in the background, its console in a log and on a socket. */
export function buildQemuArgv(request: QemuRequest): string[] {
  const { domain, places, accelerator } = request;
  const accelerate =
    accelerator === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi'];
  return [
    'qemu-system-x86_64',
    ...['-name', escapeComma(domain.name), '-uuid', domain.uuid],
    ...['-machine', 'pc', ...accelerate],
    ...['-m', String(Math.floor(domain.memoryBytes / 1024 ** 2)), '-smp', String(domain.vcpus)],
    ...['-nodefaults', '-display', 'none', '-no-user-config'],
    ...(request.stopOnReboot ? ['-no-reboot'] : []),
    ...describeConsole(places),
    ...['-qmp', `unix:${escapeComma(places.controlSocket)},server=on,wait=off`],
    ...['-device', 'virtio-rng-pci'],
    ...describeFirmware(places),
    ...domain.disks.flatMap((disk, index) => [
      '-drive',
      `file=${escapeComma(disk.device)},if=none,id=disk${index},format=raw,discard=unmap${disk.readOnly ? ',readonly=on' : ''}${domain.once === true ? ',cache=unsafe' : ''}`,
      '-device',
      `virtio-blk-pci,drive=disk${index},serial=${disk.target}${index === 0 ? ',bootindex=1' : ''}`,
    ]),
    ...describeDrive(domain),
    ...(domain.nics.length === 0 ? ['-nic', 'none'] : request.networks.flatMap(describeNetwork)),
    ...describeKernel(domain),
    ...['-pidfile', places.pidFile, '-daemonize'],
  ];
}

/** A socket would drop what is printed while nobody listens, its log too (QEMU 7.2, chardev/char-socket.c): a file keeps all. */
function describeConsole(places: QemuPlaces): string[] {
  const log = escapeComma(places.consoleLog);
  return ['-chardev', `file,id=console,path=${log},append=on`, '-serial', 'chardev:console'];
}

function describeFirmware(places: QemuPlaces): string[] {
  if (places.firmware === undefined) return [];
  const { code, variables } = places.firmware;
  return [
    ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${escapeComma(code)}`],
    ...['-drive', `if=pflash,format=raw,unit=1,file=${escapeComma(variables)}`],
  ];
}

function describeNetwork(network: QemuNetwork, index: number): string[] {
  const forwards = network.forwards.map(
    (forward) => `,hostfwd=tcp:127.0.0.1:${forward.hostPort}-${forward.address}:${forward.guestPort}`,
  );
  const dns = network.dns === undefined ? '' : `,dns=${network.dns}`;
  return [
    '-netdev',
    `user,id=net${index},net=${network.subnet},host=${network.gateway},dhcpstart=${network.dhcpStart}${dns}${forwards.join('')}`,
    '-device',
    `virtio-net-pci,netdev=net${index},mac=${network.mac},romfile=`,
  ];
}

/** The firmware tries the CD before the first disk. */
function describeDrive({ cdrom }: DomainDefinition): string[] {
  if (cdrom === undefined) return [];
  const drive = `file=${escapeComma(cdrom)},if=none,id=cdrom,format=raw,media=cdrom,readonly=on`;
  return ['-drive', drive, '-device', 'ide-cd,drive=cdrom,bootindex=0'];
}

function describeKernel(domain: DomainDefinition): string[] {
  if (domain.boot !== 'direct' || domain.kernel === undefined) return [];
  const { kernel, initrd, commandLine } = domain.kernel;
  return ['-kernel', kernel, '-initrd', initrd, '-append', commandLine];
}
