import { checkBootInfo, LARGEST_BOOT_INFO_IMAGE } from './boot-info.ts';
import { readPart } from './content.ts';
import { BLOCK } from './descriptors.ts';
import type { IsoEntry } from './directory.ts';
import { type BootEntry, readBootCatalogue } from './el-torito.ts';
import type { IsoImage } from './image.ts';
import { type Partitions, readPartitions } from './partitions.ts';

/** A boot entry with the file that it loads. */
export interface BootFile extends BootEntry {
  /** Undefined: the boot image is no file of the tree. */
  readonly path: string | undefined;
}

/** Everything that makes an image boot, and what contradicts it. */
export interface BootRecords {
  readonly entries: readonly BootFile[];
  readonly partitions: Partitions;
  readonly problems: readonly string[];
}

/**
 * Reads the boot catalogue and the partition tables. `files` are the entries whose first block is one of a boot image;
 * see `collectBootFiles`.
 */
export async function readBootRecords(
  image: IsoImage,
  files: ReadonlyMap<number, IsoEntry>,
): Promise<BootRecords> {
  const entries = (await readBootCatalogue(image))?.entries ?? [];
  const partitions = await readPartitions(image.cached);
  const problems = [...partitions.problems];
  const bootFiles: BootFile[] = [];
  for (const entry of entries) {
    const file = files.get(entry.block);
    bootFiles.push({ ...entry, path: file?.path });
    problems.push(...(await checkEntry(image, entry, file)));
  }
  problems.push(...checkHybrid(partitions, bootFiles));
  return { entries: bootFiles, partitions, problems };
}

/** The blocks at which the boot images start. */
export async function findBootBlocks(image: IsoImage): Promise<Set<number>> {
  const catalogue = await readBootCatalogue(image);
  return new Set(catalogue?.entries.map((entry) => entry.block));
}

async function checkEntry(image: IsoImage, entry: BootEntry, file: IsoEntry | undefined): Promise<string[]> {
  if (!entry.isBootable) return [];
  const name = `the ${entry.platform} boot image`;
  if (entry.block * BLOCK + entry.sectors * 512 > image.source.size)
    return [`${name} lies outside the image`];
  if (file === undefined || entry.platform !== 'bios' || entry.emulation !== 0) return [];
  if (file.size > LARGEST_BOOT_INFO_IMAGE) return [];
  const content = await readPart(image, file, 0, file.size);
  return checkBootInfo(content, entry.block) === 'stale'
    ? [`the boot info table in ${file.path} is stale`]
    : [];
}

/** The isohybrid code has to load the BIOS boot image, and the EFI partition has to be the EFI boot image. */
function checkHybrid(partitions: Partitions, entries: readonly BootFile[]): string[] {
  const problems: string[] = [];
  const bios = entries.find((entry) => entry.platform === 'bios');
  const sector = partitions.isohybridSector;
  if (sector !== undefined && bios !== undefined && sector !== bios.block * 4) {
    problems.push('the isohybrid MBR loads another sector than the BIOS boot image');
  }
  const efi = partitions.partitions.find(({ table, type }) => table === 'mbr' && type === 'ef');
  const efiBlocks = entries.filter((entry) => entry.platform === 'efi').map((entry) => entry.block * BLOCK);
  if (efi !== undefined && efiBlocks.length > 0 && !efiBlocks.includes(efi.start)) {
    problems.push('the EFI partition is not the EFI boot image');
  }
  return problems;
}
