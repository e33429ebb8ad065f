import { EXIT, Failure } from '../report/failure.ts';
import { chooseRecipeMethod, joinRecipe, VOLUME_GROUP } from '../spec/recipe.ts';
import type { DiskSpec } from '../spec/types.ts';
import type { PreseedAnswer } from './preseed-line.ts';
import { INITRD_FOLDER, type PreseedRequest } from './preseed-request.ts';
import { refuse, requirePath } from './refuse.ts';

/** partman counts megabytes of 10^6 bytes. */
const MEGABYTE = 1_000_000;
const SMALLEST_ROOT = 1000;
const BOOT_SIZE = 512;
/** Room for the label and the alignment of partitions. */
const SLACK = 16;

/** Behind the BIOS or EFI partition. */
const ARRAY_PARTITION = 2;

const BIOS = '1 1 1 free $iflabel{ gpt } $reusemethod{ } method{ biosgrub } .';
const ESP = '256 256 256 free $iflabel{ gpt } $reusemethod{ } method{ efi } format{ } .';
const FORMAT = 'method{ format } format{ } use_filesystem{ } filesystem{ ext4 }';

/**
 * The answers that lay out the root disk. The installer is given no other disk than root and swap, and only the root
 * disk is named here, so no answer can reach data.
 * @throws Failure RL0901, RL0905 for a root disk that is too small
 */
export function listPartitionAnswers(request: PreseedRequest): PreseedAnswer[] {
  const { guest } = request;
  const disk = guest.disks.find(({ role }) => role === 'root');
  if (disk === undefined) refuse('a guest', guest.name, 'one with a root disk');
  const path = `disks.${disk.name}`;
  const method = chooseMethod(disk);
  const devices = listDevices(request);
  const recipe = writeRecipe(disk, guest.boot === 'uefi');
  const layout: PreseedAnswer[] = [
    answer('partman-auto/method', 'string', method, `${path}.layout`),
    answer('partman-auto/disk', 'string', devices.join(' '), path),
    answer('partman-auto/expert_recipe', 'string', recipe, `${path}.layout`),
    ...listRaidAnswers(disk, devices, path),
    answer('partman-partitioning/default_label', 'string', 'gpt', path),
    answer('partman-basicfilesystems/no_swap', 'boolean', 'false', path),
    answer('partman-efi/non_efi_system', 'boolean', 'true', 'boot'),
  ];
  return [...layout, ...listVolumeAnswers(method, path), ...listConfirmations()];
}

/** The disk, or all disks of a RAID. Nothing else is ever named. @throws Failure RL0901 */
export function listDevices({ guest, rootDevice, raidDevices }: PreseedRequest): string[] {
  const count = guest.disks.filter(({ role }) => role === 'root').length;
  const devices = [rootDevice, ...raidDevices].map((device) => requirePath('a disk', device));
  return devices.length === count
    ? devices
    : refuse('the disks of a RAID', devices.join(' '), `${count} of them: the spec names as many`);
}

type Method = 'regular' | 'lvm' | 'crypto' | 'raid';

function chooseMethod({ layout }: DiskSpec): Method {
  if (layout === 'luks') return 'crypto';
  if (layout === 'lvm') return 'lvm';
  if (typeof layout === 'string') return 'regular';
  if ('raid' in layout) return 'raid';
  return chooseRecipeMethod(layout.recipe);
}

/** `level devices spares filesystem mountpoint device#device .`; each disk has the recipe's partitions, the last is the array's. */
function listRaidAnswers({ layout }: DiskSpec, devices: readonly string[], path: string): PreseedAnswer[] {
  if (typeof layout === 'string' || !('raid' in layout)) return [];
  const parts = devices.map((device) => `${device}${/\d$/.test(device) ? 'p' : ''}${ARRAY_PARTITION}`);
  const array = `${layout.raid} ${devices.length} 0 ext4 / ${parts.join('#')} .`;
  const confirmations = ['confirm', 'confirm_nooverwrite', 'confirm_nochanges'] as const;
  return [
    answer('partman-auto-raid/recipe', 'string', array, `${path}.layout`),
    ...confirmations.map((name) => answer(`partman-md/${name}`, 'boolean', 'true', `${path}.layout`)),
  ];
}

/** Absolute sizes only: percentages depend on the memory of the machine that installs. */
function writeRecipe(disk: DiskSpec, isUefi: boolean): string {
  const isRaid = typeof disk.layout === 'object' && 'raid' in disk.layout;
  if (typeof disk.layout === 'object' && 'recipe' in disk.layout) return joinRecipe(disk.layout.recipe);
  const start = isUefi ? ESP : BIOS;
  const hasBoot = disk.layout !== 'plain' && !isRaid;
  const least = SMALLEST_ROOT + (hasBoot ? BOOT_SIZE : 0) + (isUefi ? 256 : 1) + SLACK;
  if (disk.sizeBytes < least * MEGABYTE) {
    const message = `a root disk of ${disk.sizeBytes} bytes is too small for this layout`;
    throw new Failure(EXIT.invalid, 'RL0905', message, `give it ${least} MB (of 10^6 bytes) or more`);
  }
  if (isRaid) return `relight :: ${start} ${SMALLEST_ROOT} 10000 -1 raid method{ raid } .`;
  const root = `${SMALLEST_ROOT} 10000 -1 ext4`;
  if (!hasBoot) return `relight :: ${start} ${root} ${FORMAT} mountpoint{ / } .`;
  const boot = `${BOOT_SIZE} ${BOOT_SIZE} ${BOOT_SIZE} ext4 ${FORMAT} mountpoint{ /boot } .`;
  return `relight :: ${start} ${boot} ${root} $lvmok{ } lv_name{ root } ${FORMAT} mountpoint{ / } .`;
}

function listVolumeAnswers(method: Method, path: string): PreseedAnswer[] {
  if (method === 'regular' || method === 'raid') return [];
  const volumes = [
    answer('partman-auto-lvm/guided_size', 'string', 'max', `${path}.layout`),
    answer('partman-auto-lvm/new_vg_name', 'string', VOLUME_GROUP, `${path}.layout`),
    answer('partman-lvm/device_remove_lvm', 'boolean', 'true', `${path}.layout`),
    answer('partman-lvm/confirm', 'boolean', 'true', `${path}.layout`),
    answer('partman-lvm/confirm_nooverwrite', 'boolean', 'true', `${path}.layout`),
    answer('partman-lvm/confirm_nochanges', 'boolean', 'true', `${path}.layout`),
  ];
  if (method === 'lvm') return volumes;
  return [
    ...volumes,
    answer('partman/early_command', 'string', `sh ${INITRD_FOLDER}/unlock.sh`, `${path}.layout`),
    // A new volume holds nothing to hide, and overwriting it takes hours.
    answer('partman-auto-crypto/erase_disks', 'boolean', 'false', `${path}.layout`),
    answer('partman-crypto/weak_passphrase', 'boolean', 'true', `${path}.layout`),
    answer('partman-crypto/confirm', 'boolean', 'true', `${path}.layout`),
    answer('partman-crypto/confirm_nooverwrite', 'boolean', 'true', `${path}.layout`),
  ];
}

/** Which of them are asked depends on what the disk held before: all have an answer. */
function listConfirmations(): PreseedAnswer[] {
  return [
    answer('partman/default_filesystem', 'string', 'ext4'),
    answer('partman/alignment', 'select', 'optimal'),
    answer('partman/mount_style', 'select', 'uuid'),
    answer('partman-md/device_remove_md', 'boolean', 'true'),
    answer('partman-partitioning/confirm_write_new_label', 'boolean', 'true'),
    answer('partman/choose_partition', 'select', 'finish'),
    answer('partman/confirm', 'boolean', 'true'),
    answer('partman/confirm_nooverwrite', 'boolean', 'true'),
  ];
}

function answer(name: string, type: PreseedAnswer['type'], value: string, path?: string): PreseedAnswer {
  return { owner: 'd-i', name, type, value, path };
}
