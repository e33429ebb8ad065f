import { parseXlConfig, readXlList, readXlText } from '../render/parse-xl-config.ts';
import { parseQemuConfig } from '../render/qemu-config.ts';
import { isGrubImage } from '../render/xl-boot.ts';
import { parseXlDisk, parseXlVif } from '../render/xl-devices.ts';
import type { GuestSpec, NetworkSpec, NicSpec } from '../spec/types.ts';
import type { DomainDetails } from '../tools/xl.ts';

const MEBIBYTE = 1024 ** 2;

/**
 * A guest in the words by which spec, configuration and running domain can be compared: `512 MiB`, `xvda=web1-root`.
 * Undefined where a source does not say. Volumes bear the operation that made them (`xvda=web1-root.7f3a`); the spec has none.
 */
export interface DomainShape {
  readonly type?: string;
  readonly boot?: string;
  readonly memory?: string;
  readonly vcpus?: string;
  readonly uuid?: string;
  readonly disks?: readonly string[];
  readonly nics?: readonly string[];
}

/** The guest as its spec wants it. */
export function shapeSpec(guest: GuestSpec, networks: ReadonlyMap<string, NetworkSpec>): DomainShape {
  return {
    type: guest.guest,
    boot: guest.boot,
    memory: formatMebibytes(guest.memoryBytes / MEBIBYTE),
    vcpus: String(guest.vcpus),
    uuid: guest.uuid,
    disks: guest.disks.map(
      (disk, index) => `xvd${String.fromCharCode(97 + index)}=${guest.name}-${disk.name}`,
    ),
    nics: guest.nics.map((nic) => `${nic.mac} on ${nameInterface(nic, networks)}`),
  };
}

/** @throws Failure RL0902 where xl would refuse the file */
export function shapeXlConfig(text: string): DomainShape {
  const settings = parseXlConfig(text);
  const read = (key: string) => readXlText(settings, key) ?? '';
  const type = read('type') || 'pv';
  return {
    ...{ type, memory: formatMebibytes(Number(read('memory'))), vcpus: read('vcpus') || '1' },
    uuid: read('uuid'),
    boot: nameBoot(type, read('kernel'), read('bootloader'), read('firmware')),
    disks: readXlList(settings, 'disk')
      .map(parseXlDisk)
      .map((disk) => `${disk.vdev}=${nameVolume(disk.target)}`),
    nics: readXlList(settings, 'vif')
      .map(parseXlVif)
      .map((nic) => `${nic.mac ?? ''} on ${nic.gatewaydev ?? nic.bridge ?? ''}`),
  };
}

/** @throws Failure RL0904 for anything but a document of this version */
export function shapeQemuConfig(text: string): DomainShape {
  const { domain } = parseQemuConfig(text);
  return {
    ...{ type: domain.guest, boot: domain.boot, uuid: domain.uuid, vcpus: String(domain.vcpus) },
    memory: formatMebibytes(domain.memoryBytes / MEBIBYTE),
    disks: domain.disks.map((disk) => `${disk.target}=${nameVolume(disk.device)}`),
  };
}

/** A domain as `xl list -l` tells it: as it was started, whatever its file says by now. */
export function shapeXlDomain(details: DomainDetails): DomainShape {
  const { type, kernel, bootloader, firmware, memoryKiB, vcpus } = details;
  return {
    ...{ type, uuid: details.uuid, boot: nameBoot(type, kernel, bootloader, firmware) },
    ...(memoryKiB === undefined ? {} : { memory: formatMebibytes(memoryKiB / 1024) }),
    ...(vcpus === undefined ? {} : { vcpus: String(vcpus) }),
    disks: details.disks.map((disk) => `${disk.device}=${nameVolume(disk.target)}`),
    nics: details.nics.map((nic) => `${nic.mac} on ${nic.attached}`),
  };
}

/** The method of `boot:` that these settings of xl come from (render/xl-boot.ts writes them). */
function nameBoot(type: string, kernel: string, bootloader: string, firmware: string): string {
  if (bootloader !== '') return bootloader.replace(/.*\//, '');
  if (isGrubImage(kernel)) return 'grub';
  if (kernel !== '') return 'direct';
  if (type !== 'hvm') return 'nothing';
  return firmware === 'uefi' || firmware === 'ovmf' ? 'uefi' : 'bios';
}

function nameInterface(nic: NicSpec, networks: ReadonlyMap<string, NetworkSpec>): string {
  const network = networks.get(nic.network);
  if (network === undefined) return nic.network;
  return network.mode === 'routed' ? network.interface : network.bridge;
}

const formatMebibytes = (count: number) => `${count} MiB`;
const nameVolume = (device: string) => device.replace(/.*\//, '').replace(/\.img$/, '');
