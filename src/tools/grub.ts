/** Modules that find and read our root filesystem and load Linux. */
const MODULES =
  'part_gpt part_msdos ext2 normal linux search search_fs_uuid serial terminal configfile echo test gzio all_video';

/**
 * argv, inside the guest's root, of grub-mkimage(1) for BIOS: a core image for the BIOS boot partition. `partition` is
 * the number of the one with /boot/grub.
 */
export function buildBiosImageArgv(output: string, partition = 1): string[] {
  const modules = ['biosdisk', ...MODULES.split(' ')].filter((name) => name !== 'all_video');
  return ['grub-mkimage', '-O', 'i386-pc', '-p', `(hd0,gpt${partition})/boot/grub`, '-o', output, ...modules];
}

/** argv, inside the guest's root, of grub-mkimage(1) for UEFI: a whole boot loader in one file. */
export function buildUefiImageArgv(output: string): string[] {
  const modules = ['fat', 'efi_gop', ...MODULES.split(' ')];
  return ['grub-mkimage', '-O', 'x86_64-efi', '-p', '(hd0,gpt1)/boot/grub', '-o', output, ...modules];
}

const SECTOR = 512;
/** Where boot.img keeps the sector number of the core image (grub-core/boot/i386/pc/boot.S, kernel_sector). */
const KERNEL_SECTOR = 0x5c;
/** Two bytes that boot.S jumps over when the BIOS drive is trusted; replaced by nop as grub-setup does for disks. */
const DRIVE_CHECK = 0x66;
/** Where diskboot.img keeps its block list (grub-core/boot/i386/pc/diskboot.S, last entry of the first sector). */
const BLOCK_LIST = 0x1f4;
const LOAD_SEGMENT = 0x820;

/**
 * Makes the first 440 bytes of the MBR and the core image as they lie on the disk, the core image starting at
 * `sector`. This is what grub-bios-setup writes, without asking the kernel for partition devices.
 * @throws RangeError when a part has an impossible size.
 */
export function embedGrub(
  boot: Uint8Array,
  core: Uint8Array,
  sector: number,
): { mbr: Uint8Array; core: Uint8Array } {
  if (boot.length < SECTOR) throw new RangeError('boot.img is shorter than a sector');
  const sectors = Math.ceil(core.length / SECTOR);
  if (sectors < 2 || sectors > 2047) throw new RangeError(`core.img of ${core.length} bytes does not fit`);
  // A copy of its own: the bytes of a Buffer may lie anywhere in a larger one.
  const mbr = Uint8Array.from(boot.subarray(0, 440));
  const mbrView = new DataView(mbr.buffer);
  mbrView.setBigUint64(KERNEL_SECTOR, BigInt(sector), true);
  mbrView.setUint16(DRIVE_CHECK, 0x9090, true);
  const image = new Uint8Array(sectors * SECTOR);
  image.set(core);
  const view = new DataView(image.buffer);
  view.setBigUint64(BLOCK_LIST, BigInt(sector + 1), true);
  view.setUint16(BLOCK_LIST + 8, sectors - 1, true);
  view.setUint16(BLOCK_LIST + 10, LOAD_SEGMENT, true);
  return { mbr, core: image };
}
