import { readCpio } from '../render/cpio.ts';
import { readPart, readTextFile } from './content.ts';
import type { IsoImage } from './image.ts';
import { type ImageManifest, MANIFEST_PATH, OVERLAY_PATH, parseManifest } from './manifest.ts';
import type { MenuEntry } from './menu-types.ts';
import { decodeUtf8 } from './numbers.ts';
import { hideSecrets } from './preseed-hide.ts';
import { findEntry, listPath } from './walk.ts';

/** A preseed file found in an image, with its secrets hidden. */
export interface FoundPreseed {
  readonly path: string;
  readonly lines: readonly string[];
}

/** What an earlier remaster put in. */
export interface PreviousRemaster {
  /** Undefined: another tool or a person made it. */
  readonly manifest: ImageManifest | undefined;
  /** Names in the initrd overlay, with their sizes in bytes. */
  readonly initrdFiles: readonly { readonly path: string; readonly size: number }[];
  readonly preseeds: readonly FoundPreseed[];
  /** Menu entries that name a preseed file. */
  readonly menuEntries: readonly string[];
}

const LARGEST_OVERLAY = 16 * 1024 * 1024;
const LARGEST_PRESEED = 256 * 1024;

/** Looks for a remaster: relight's own, or preseed files at the root and menu entries that name one. Undefined: none. */
export async function findPrevious(
  image: IsoImage,
  menus: readonly MenuEntry[],
): Promise<PreviousRemaster | undefined> {
  const manifest = parseManifest((await readTextFile(image, MANIFEST_PATH)) ?? '');
  const overlay = await readOverlay(image, OVERLAY_PATH);
  const inside = overlay.find((entry) => entry.path === 'preseed.cfg');
  const preseeds: FoundPreseed[] = [];
  if (inside !== undefined)
    preseeds.push(makePreseed(`${OVERLAY_PATH}: /preseed.cfg`, decodeUtf8(inside.content)));
  for (const entry of await listPath(image, '/')) {
    if (entry.kind !== 'file' || !/^(preseed.*|.*\.(cfg|preseed|seed))$/.test(entry.name)) continue;
    if (entry.size > LARGEST_PRESEED) continue;
    const text = decodeUtf8(await readPart(image, entry, 0, entry.size));
    if (isPreseed(text)) preseeds.push(makePreseed(entry.path, text));
  }
  const menuEntries = menus
    .filter((entry) => /(^|\s)((preseed\/)?(file|url)|preseed\/include)=/.test(entry.commandLine))
    .map((entry) => entry.title);
  if (manifest === undefined && overlay.length === 0 && preseeds.length === 0 && menuEntries.length === 0) {
    return undefined;
  }
  const initrdFiles = overlay.map(({ path, content }) => ({ path: `/${path}`, size: content.length }));
  return { manifest, initrdFiles, preseeds, menuEntries };
}

/** The members of an uncompressed cpio archive in the image; none when there is no such file or it is damaged. */
export async function readOverlay(image: IsoImage, path: string) {
  const entry = await findEntry(image, path);
  if (entry?.kind !== 'file' || entry.size > LARGEST_OVERLAY) return [];
  return readCpio(await readPart(image, entry, 0, entry.size))?.entries ?? [];
}

function makePreseed(path: string, text: string): FoundPreseed {
  return { path, lines: hideSecrets(text) };
}

function isPreseed(text: string): boolean {
  return text.startsWith('#_preseed_V1') || /^d-i\s+\S+\/\S+\s/m.test(text);
}
