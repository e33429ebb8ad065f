import { readTextFile } from './content.ts';
import type { IsoImage } from './image.ts';
import { parseGrubMenu } from './menu-grub.ts';
import { parseIsolinuxMenu } from './menu-isolinux.ts';
import type { MenuEntry, MenuFile } from './menu-types.ts';

/** Where Debian's images keep their menus: netinst and DVD, and the mini image. */
export const ISOLINUX_MENUS = ['/isolinux/isolinux.cfg', '/isolinux.cfg'] as const;
export const GRUB_MENUS = ['/boot/grub/grub.cfg'] as const;

const MOST_FILES = 64;
const LARGEST_FILE = 256 * 1024;

/** Reads every menu with the files that it includes. Files that are not there are left out, as the loaders do. */
export async function readBootMenus(image: IsoImage): Promise<MenuEntry[]> {
  const isolinux = await readMenu(image, ISOLINUX_MENUS, parseIsolinuxMenu);
  const grub = await readMenu(image, GRUB_MENUS, parseGrubMenu);
  return [...isolinux, ...grub];
}

async function readMenu(
  image: IsoImage,
  start: readonly string[],
  parse: (text: string, path: string) => MenuFile,
): Promise<MenuEntry[]> {
  const entries: MenuEntry[] = [];
  const waiting: string[] = [...start];
  const seen = new Set<string>();
  for (let path = waiting.shift(); path !== undefined && seen.size < MOST_FILES; path = waiting.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = await readTextFile(image, path, LARGEST_FILE);
    if (text === undefined) continue;
    const file = parse(text, path);
    entries.push(...file.entries);
    waiting.unshift(...file.includes);
  }
  return entries;
}

/** Every initrd, or every kernel, that some entry uses, in the order of the menus. */
export function uniquePaths(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}
