/** Small readers of the formats that render writes, each after its manual page, none sharing code with the writer. */

/** systemd.syntax(7): sections in order, comments and blank lines dropped, a trailing backslash joins lines. */
export function readUnit(text: string): { section: string; settings: [string, string][] }[] {
  const sections: { section: string; settings: [string, string][] }[] = [];
  for (const line of text.replaceAll(/\\\n/g, ' ').split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const head = /^\[(.*)\]$/.exec(trimmed)?.[1];
    if (head !== undefined) sections.push({ section: head, settings: [] });
    else {
      const at = trimmed.indexOf('=');
      if (at < 0) throw new Error(`no setting: ${trimmed}`);
      sections.at(-1)?.settings.push([trimmed.slice(0, at).trim(), trimmed.slice(at + 1).trim()]);
    }
  }
  return sections;
}

/** fstab(5): six fields between blanks, octal escapes (getmntent(3)). */
export function readFstab(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map((line) =>
      line
        .split(/[ \t]+/)
        .map((field) =>
          field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
            String.fromCharCode(Number.parseInt(digits, 8)),
          ),
        ),
    );
}

/** hosts(5) and resolv.conf(5): words of a line, `#` to its end is a comment. */
export function readWords(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/));
}

/** deb822(5): paragraphs of `Field: value`, continuation lines begin with a blank. */
export function readDeb822(text: string): Record<string, string>[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => {
      const fields: Record<string, string> = {};
      let last = '';
      for (const line of paragraph.split('\n').filter((each) => each !== '')) {
        if (/^[ \t]/.test(line)) fields[last] += `\n${line.trim()}`;
        else {
          const at = line.indexOf(':');
          last = line.slice(0, at);
          fields[last] = line.slice(at + 1).trim();
        }
      }
      return fields;
    });
}

/** interfaces(5): stanzas begin with a known word, options are indented or not. */
export function readInterfaces(text: string): { name: string; method: string; options: string[][] }[] {
  const stanzas: { name: string; method: string; options: string[][] }[] = [];
  let open = false;
  for (const words of readWords(text)) {
    const [keyword = '', name = '', ...rest] = words;
    if (keyword === 'iface') {
      stanzas.push({ name, method: rest.join(' '), options: [] });
      open = true;
    } else if (/^(auto|allow-.*|source|source-directory|mapping)$/.test(keyword)) open = false;
    else if (open) stanzas.at(-1)?.options.push(words);
    else throw new Error(`option outside a stanza: ${words.join(' ')}`);
  }
  return stanzas;
}

/** Assignments of a file that a shell sources, with double quotes and nothing inside that a shell would expand. */
export function readShell(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const found = /^([A-Z_]+)="([^"$`\\!]*)"$/.exec(line);
    if (found === null) throw new Error(`not inert: ${line}`);
    values[found[1] ?? ''] = found[2] ?? '';
  }
  return values;
}

export interface MenuEntry {
  title: string;
  linux: string;
  initrd: string;
}

/**
 * Reads a menu the way pygrub does (tools/pygrub/src/GrubConf.py, Grub2ConfigFile): line by line, and an entry only when
 * a blank stands before its brace.
 */
export function readGrubMenu(text: string): {
  default: number;
  entries: MenuEntry[];
  commands: string[];
} {
  const entries: MenuEntry[] = [];
  const commands: string[] = [];
  let open: MenuEntry | undefined;
  let standard = Number.NaN;
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const title = /^menuentry ["'](.*?)["'] (.*)\{/.exec(line)?.[1];
    if (title !== undefined) {
      if (open !== undefined) throw new Error('cannot nest menuentry');
      open = { title, linux: '', initrd: '' };
    } else if (line.startsWith('}')) {
      if (open === undefined) throw new Error('closing brace without menuentry');
      entries.push(open);
      open = undefined;
    } else if (open !== undefined) {
      const at = line.indexOf(' ');
      const [word, rest] = [line.slice(0, at), line.slice(at + 1)];
      if (word === 'linux' || word === 'initrd') open[word] = rest;
      else throw new Error(`unknown word in an entry: ${word}`);
    } else {
      commands.push(line);
      const set = /^set default=(\d+)$/.exec(line)?.[1];
      if (set !== undefined) standard = Number(set);
    }
  }
  if (open !== undefined) throw new Error('end of file with open menuentry');
  return { default: standard, entries, commands };
}
