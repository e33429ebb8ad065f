import type { Issue } from '../report/issue.ts';
import { readBootMenus } from './boot-menu.ts';
import { type BootRecords, findBootBlocks, readBootRecords } from './boot-records.ts';
import type { ByteSource } from './byte-source.ts';
import { readPart } from './content.ts';
import { BLOCK } from './descriptors.ts';
import type { IsoEntry } from './directory.ts';
import { type Identity, identifyImage } from './identify.ts';
import { type IsoImage, openImage, type TreeKind } from './image.ts';
import { type Compression, findCompression, KERNEL_HEAD, type KernelFacts, parseKernel } from './kernel.ts';
import type { MenuEntry } from './menu-types.ts';
import { findPrevious, type PreviousRemaster } from './previous.ts';
import { findObstacles } from './support.ts';
import { findEntry, walkTree } from './walk.ts';

export interface KernelFile {
  readonly path: string;
  readonly size: number;
  /** Undefined: it is no kernel for x86. */
  readonly facts: KernelFacts | undefined;
}

export interface InitrdFile {
  readonly path: string;
  readonly size: number;
  readonly compression: Compression;
}

/** Everything that `relight iso inspect` tells. */
export interface Inspection {
  readonly bytes: number;
  readonly volumeId: string;
  readonly volumeBytes: number;
  readonly modified: string;
  readonly preparer: string;
  readonly trees: readonly TreeKind[];
  readonly identity: Identity;
  readonly kernels: readonly KernelFile[];
  readonly initrds: readonly InitrdFile[];
  readonly menus: readonly MenuEntry[];
  readonly boot: BootRecords;
  readonly guests: readonly string[];
  readonly previous: PreviousRemaster | undefined;
  /** Why relight cannot install from it; none when it can. */
  readonly obstacles: readonly Issue[];
}

/**
 * Reads what an image is and how it boots. Only descriptors, directories and small files are read.
 * @throws Failure RL6001 to RL6005, RL6010 when it is no image or a damaged one.
 */
export async function inspectImage(source: ByteSource): Promise<Inspection> {
  const image = await openImage(source);
  const menus = await readBootMenus(image);
  const identity = await identifyImage(image, menus);
  const kernels = await readKernels(image, identity.kernels);
  const boot = await readBoot(image);
  const obstacles = findObstacles(identity);
  return {
    bytes: source.size,
    volumeId: image.volume.volumeId,
    volumeBytes: image.volume.blocks * BLOCK,
    modified: image.volume.modified,
    preparer: image.volume.preparer,
    trees: image.trees,
    identity,
    kernels,
    initrds: await readInitrds(image, identity.initrds),
    menus,
    boot,
    guests: obstacles.length === 0 ? findGuests(boot, kernels) : [],
    previous: await findPrevious(image, menus),
    obstacles,
  };
}

/** Boot records with the names of the boot images. */
export async function readBoot(image: IsoImage): Promise<BootRecords> {
  const blocks = await findBootBlocks(image);
  const files = new Map<number, IsoEntry>();
  if (blocks.size > 0) {
    for await (const entry of walkTree(image)) {
      const block = entry.kind === 'file' ? entry.extents[0]?.block : undefined;
      if (block !== undefined && entry.size > 0 && blocks.has(block)) files.set(block, entry);
      if (files.size === blocks.size) break;
    }
  }
  return readBootRecords(image, files);
}

async function readKernels(image: IsoImage, paths: readonly string[]): Promise<KernelFile[]> {
  const kernels: KernelFile[] = [];
  for (const path of paths) {
    const entry = await findEntry(image, path);
    if (entry === undefined) continue;
    const facts = parseKernel(await readPart(image, entry, 0, KERNEL_HEAD));
    kernels.push({ path, size: entry.size, facts });
  }
  return kernels;
}

async function readInitrds(image: IsoImage, paths: readonly string[]): Promise<InitrdFile[]> {
  const initrds: InitrdFile[] = [];
  for (const path of paths) {
    const entry = await findEntry(image, path);
    if (entry === undefined) continue;
    const compression = findCompression(await readPart(image, entry, 0, 8));
    initrds.push({ path, size: entry.size, compression });
  }
  return initrds;
}

/** What Xen's domain builder can unpack (tools/libs/guest/xg_dom_bzimageloader.c). */
const XEN_UNPACKS: ReadonlySet<Compression> = new Set([
  'gzip',
  'bzip2',
  'lzma',
  'xz',
  'lzo',
  'lz4',
  'zstd',
  'none',
]);

/** HVM boots the medium itself; PV and PVH are started with its kernel and initrd. */
function findGuests(boot: BootRecords, kernels: readonly KernelFile[]): string[] {
  const has = (platform: string) =>
    boot.entries.some((entry) => entry.platform === platform && entry.isBootable);
  const isUnpackable = kernels.some(({ facts }) => facts !== undefined && XEN_UNPACKS.has(facts.compression));
  return [
    ...(has('bios') ? ['hvm-bios'] : []),
    ...(has('efi') ? ['hvm-uefi'] : []),
    ...(isUnpackable ? ['pv', 'pvh'] : []),
  ];
}
