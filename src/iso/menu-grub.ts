import type { MenuEntry, MenuFile } from './menu-types.ts';
import { splitMenuLines } from './menu-types.ts';

/**
 * Reads the entries of a GRUB menu as the installer's images have it: one command a line, paths from the root of the
 * medium. Not a shell: variables and conditions are not followed.
 */
export function parseGrubMenu(text: string): MenuFile {
  const entries: MenuEntry[] = [];
  const includes: string[] = [];
  let title = '';
  let kernel: string | undefined;
  let commandLine = '';
  for (const line of splitMenuLines(text)) {
    const words = splitWords(line);
    const command = words[0];
    if (command === 'menuentry') {
      title = words.slice(1).find((word) => !word.startsWith('--')) ?? '';
      kernel = undefined;
    } else if (command === 'linux' || command === 'linuxefi') {
      kernel = words[1];
      commandLine = words.slice(2).join(' ');
    } else if ((command === 'initrd' || command === 'initrdefi') && kernel !== undefined) {
      entries.push({ loader: 'grub', title, kernel, initrds: words.slice(1), commandLine });
      kernel = undefined;
    } else if (command === 'source' || command === 'configfile') {
      const file = words[1] ?? '';
      if (file.startsWith('/')) includes.push(file);
    }
  }
  return { entries, includes };
}

/** Words of a line of GRUB's script: blanks separate, quotes group, a backslash takes the next character as it is. */
function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g)) {
    const word = match[0];
    if (word.startsWith('#')) break;
    words.push(word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, unquote));
  }
  return words;
}

function unquote(_whole: string, double?: string, single?: string, escaped?: string): string {
  return double?.replace(/\\(["\\$])/g, '$1') ?? single ?? escaped ?? '';
}
