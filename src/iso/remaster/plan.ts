import { createHash } from 'node:crypto';
import { type CpioEntry, writeCpio } from '../../render/cpio.ts';
import { GRUB_MENUS, ISOLINUX_MENUS } from '../boot-menu.ts';
import { formatChecksums, parseChecksums } from '../checksums.ts';
import { readTextFile } from '../content.ts';
import type { IsoImage } from '../image.ts';
import type { Inspection } from '../inspect.ts';
import { formatManifest, type ImageManifest, MANIFEST_PATH, OVERLAY_PATH } from '../manifest.ts';
import { isoFailure } from '../problems.ts';
import { chooseUnattended, type Unattended } from './entries.ts';
import { formatGrubMenu, formatIsolinuxMenu, MENU_MARK, ORIGINAL_NAME } from './menus.ts';
import { checkRequest, type LaidFile, type RemasterRequest } from './request.ts';

/** A file whose content is known: a menu, the overlay, md5sum.txt, the manifest. `path` is absolute in the image. */
export interface PlannedFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** All that changes in an image. What is not named here stays as it is. */
export interface RemasterPlan {
  readonly files: readonly PlannedFile[];
  readonly laidFiles: readonly LaidFile[];
  readonly manifest: ImageManifest;
  /** Seconds since 1970: the input's own date, so that the same input gives the same bytes on any day. */
  readonly epoch: number;
}

const CHECKSUMS_PATH = '/md5sum.txt';
const LARGEST_LIST = 32 * 1024 * 1024;

/**
 * Works out the new files: the initrd overlay, the menus with the original ones kept behind them, manifest, md5sum.txt.
 * @throws Failure RL6007 to RL6009 for an image that cannot be used, RL6024 without a menu, RL6025.
 */
export async function planRemaster(
  image: IsoImage,
  inspection: Inspection,
  request: RemasterRequest,
): Promise<RemasterPlan> {
  checkRequest(request);
  const entries = chooseUnattended(inspection);
  const overlay = buildOverlay(request);
  const menus = await buildMenus(image, request, entries);
  const manifest: ImageManifest = {
    version: 1,
    relight: request.relightVersion,
    guest: request.guest,
    erases: request.erases,
    ...(request.specSha256 === undefined ? {} : { specSha256: request.specSha256 }),
    preseedSha256: createHash('sha256').update(request.preseed).digest('hex'),
    initrdFiles: overlay.entries.map(({ path }) => `/${path}`),
    imageFiles: [
      OVERLAY_PATH,
      ...menus.map(({ path }) => path),
      ...request.laidFiles.map(({ path }) => `/${path}`),
    ].sort(),
  };
  const files = [
    { path: OVERLAY_PATH, content: overlay.archive },
    ...menus,
    { path: MANIFEST_PATH, content: encode(formatManifest(manifest)) },
  ];
  checkCollisions(files, request.laidFiles);
  const checksums = await updateChecksums(image, files, request.laidFiles);
  return {
    files: [...files, ...checksums],
    laidFiles: request.laidFiles,
    manifest,
    epoch: findEpoch(inspection),
  };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** /preseed.cfg and the scripts, with the directories above them. The preseed is for root alone: it has password hashes. */
function buildOverlay(request: RemasterRequest): { entries: CpioEntry[]; archive: Uint8Array } {
  const files = new Map(
    request.initrdFiles.map(({ path, mode, content }) => [path, { path, mode: 0o100000 | mode, content }]),
  );
  files.set('preseed.cfg', { path: 'preseed.cfg', mode: 0o100600, content: encode(request.preseed) });
  const directories = new Set<string>();
  for (const path of files.keys()) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) directories.add(parts.slice(0, depth).join('/'));
  }
  const entries: CpioEntry[] = [
    ...[...directories].map((path) => ({ path, mode: 0o040755, content: new Uint8Array(0) })),
    ...files.values(),
  ].sort((left, right) => (left.path < right.path ? -1 : 1));
  return { entries, archive: writeCpio(entries) };
}

async function buildMenus(
  image: IsoImage,
  request: RemasterRequest,
  entries: readonly Unattended[],
): Promise<PlannedFile[]> {
  const planned: PlannedFile[] = [];
  for (const path of [...ISOLINUX_MENUS, ...GRUB_MENUS]) {
    const current = await readTextFile(image, path);
    if (current === undefined) continue;
    const directory = path.slice(0, path.lastIndexOf('/'));
    const isGrub = GRUB_MENUS.some((menu) => menu === path);
    const text = isGrub ? formatGrubMenu(request, entries, directory) : formatIsolinuxMenu(request, entries);
    // Remastering again keeps the first original.
    const kept = `${directory}/${ORIGINAL_NAME}`;
    const original = current.startsWith(MENU_MARK) ? await readTextFile(image, kept) : current;
    if (original === undefined) throw isoFailure('menu-missing', { what: `${kept} is gone` });
    planned.push({ path, content: encode(text) }, { path: kept, content: encode(original) });
  }
  if (planned.length === 0) throw isoFailure('menu-missing', { what: 'neither ISOLINUX nor GRUB has one' });
  return planned;
}

/** A laid file never replaces what makes the image what it says it is. */
function checkCollisions(files: readonly PlannedFile[], laidFiles: readonly LaidFile[]): void {
  const taken = new Set([...files.map(({ path }) => path), CHECKSUMS_PATH]);
  for (const { path } of laidFiles) {
    if (taken.has(`/${path}`))
      throw isoFailure('unsafe-value', { what: 'a file laid over the image', value: path });
  }
}

/** md5sum.txt with the lines of what is new or changed; an image without the list gets none. */
async function updateChecksums(
  image: IsoImage,
  files: readonly PlannedFile[],
  laidFiles: readonly LaidFile[],
): Promise<PlannedFile[]> {
  const text = await readTextFile(image, CHECKSUMS_PATH, LARGEST_LIST);
  if (text === undefined) return [];
  const lines = [
    ...parseChecksums(text, 32),
    ...files.map(({ path, content }) => ({
      path: `.${path}`,
      hash: createHash('md5').update(content).digest('hex'),
    })),
    ...laidFiles.map(({ path, md5 }) => ({ path: `./${path}`, hash: md5 })),
  ];
  return [{ path: CHECKSUMS_PATH, content: encode(formatChecksums(lines)) }];
}

/** The volume's modification date; the year 2000 when it has none. */
function findEpoch({ modified }: Inspection): number {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(modified);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (match ?? []).slice(1).map(Number);
  const epoch = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  return year >= 1980 && Number.isFinite(epoch) ? epoch : Date.UTC(2000, 0, 1) / 1000;
}
