import { closeSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './process.ts';

/** In sectors of 512 bytes. */
export const BOOT_START = 2048;
export const ESP_START = 4096;
export const ESP_SIZE = 131_072;
export const ROOT_START = ESP_START + ESP_SIZE;

const SEARCH = 'search --no-floppy --label root --set=root\nset prefix=($root)/boot/grub\n';
const MODULES = [
  'part_gpt',
  'ext2',
  'normal',
  'linux',
  'search',
  'search_label',
  'serial',
  'echo',
  'configfile',
];

/**
 * Puts GRUB for a PC BIOS onto a disk image without grub-install: core.img into the BIOS boot partition with its own
 * block list (offset 0x1f4: start, count, segment), boot.img into the first sector with core.img's place at 0x5c.
 */
export async function embedBiosGrub(disk: string, draft: string): Promise<void> {
  const early = join(draft, 'early.cfg');
  const core = join(draft, 'core.img');
  writeFileSync(early, SEARCH);
  const make = ['grub-mkimage', '-O', 'i386-pc', '-p', '/boot/grub', '-c', early, '-o', core];
  await runProgram([...make, 'biosdisk', ...MODULES]);
  const image = readFileSync(core);
  const sectors = Math.ceil(image.length / 512);
  image.writeBigUInt64LE(BigInt(BOOT_START + 1), 0x1f4);
  image.writeUInt16LE(sectors - 1, 0x1fc);
  image.writeUInt16LE(0x820, 0x1fe);
  const boot = readFileSync('/usr/lib/grub/i386-pc/boot.img');
  const file = openSync(disk, 'r+');
  const first = Buffer.alloc(512);
  readSync(file, first, 0, 512, 0);
  boot.copy(first, 0, 0, 440);
  first.writeBigUInt64LE(BigInt(BOOT_START), 0x5c);
  first.writeUInt16LE(0x9090, 0x66);
  writeSync(file, first, 0, 512, 0);
  writeSync(file, image, 0, image.length, BOOT_START * 512);
  closeSync(file);
  rmSync(core);
}

/** Puts GRUB for UEFI onto the EFI system partition, at the path that firmware tries by itself. */
export async function makeEfiGrub(disk: string, draft: string): Promise<void> {
  const partition = join(draft, 'esp.img');
  const program = join(draft, 'grub.efi');
  const make = ['grub-mkimage', '-O', 'x86_64-efi', '-p', '/boot/grub', '-c', join(draft, 'early.cfg')];
  await runProgram([...make, '-o', program, 'efi_gop', ...MODULES]);
  await runProgram(['truncate', '-s', `${ESP_SIZE * 512}`, partition]);
  await runProgram(['mkfs.vfat', '-F', '32', partition]);
  await runProgram(['mmd', '-i', partition, '::/EFI', '::/EFI/BOOT']);
  await runProgram(['mcopy', '-i', partition, program, '::/EFI/BOOT/BOOTX64.EFI']);
  await runProgram([
    'dd',
    'conv=notrunc,sparse',
    'bs=1M',
    `if=${partition}`,
    `of=${disk}`,
    `seek=${ESP_START / 2048}`,
  ]);
  rmSync(partition);
  rmSync(program);
}
