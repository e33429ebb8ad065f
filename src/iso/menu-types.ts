export type BootLoader = 'isolinux' | 'grub';

/** One entry of a boot menu that starts a kernel. Paths are absolute. */
export interface MenuEntry {
  readonly loader: BootLoader;
  readonly title: string;
  readonly kernel: string;
  readonly initrds: readonly string[];
  readonly commandLine: string;
}

/** What one menu file says: its entries, and the files that it goes on in. */
export interface MenuFile {
  readonly entries: readonly MenuEntry[];
  readonly includes: readonly string[];
}

const LONGEST_LINE = 4096;

/** The lines of a menu file, trimmed. Longer ones than any boot loader reads are left out. */
export function splitMenuLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.length <= LONGEST_LINE)
    .map((line) => line.trim());
}
