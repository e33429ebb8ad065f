import type { MenuEntry, MenuFile } from './menu-types.ts';
import { splitMenuLines } from './menu-types.ts';

interface Draft {
  title: string;
  kernel: string;
  initrds: string[];
  commandLine: string;
}

/** Reads a configuration file of SYSLINUX (doc/syslinux.txt, doc/menu.txt). Paths count from the file's directory. */
export function parseIsolinuxMenu(text: string, path: string): MenuFile {
  const directory = path.slice(0, path.lastIndexOf('/'));
  const resolve = (name: string) => (name.startsWith('/') ? name : `${directory}/${name}`);
  const drafts: Draft[] = [];
  const includes: string[] = [];
  for (const line of splitMenuLines(text)) {
    const [word = '', value = ''] = line.split(/\s+(.*)/s);
    const keyword = word.toLowerCase();
    if (keyword === 'include' || keyword === 'config') includes.push(resolve(value.split(/\s/)[0] ?? ''));
    else if (keyword === 'label') drafts.push({ title: value, kernel: '', initrds: [], commandLine: '' });
    else readDraftLine(drafts.at(-1), keyword, value, resolve);
  }
  const entries = drafts.filter((draft) => draft.kernel !== '' && !/\.(c32|cfg|0)$/.test(draft.kernel));
  return { entries: entries.map((draft): MenuEntry => ({ loader: 'isolinux', ...draft })), includes };
}

function readDraftLine(
  draft: Draft | undefined,
  keyword: string,
  value: string,
  resolve: (name: string) => string,
): void {
  if (draft === undefined) return;
  const label = /^label\s+(.*)$/i.exec(value)?.[1];
  if (keyword === 'menu' && label !== undefined) draft.title = label.replace('^', '');
  else if (keyword === 'kernel' || keyword === 'linux') draft.kernel = resolve(value);
  else if (keyword === 'initrd') draft.initrds = value.split(',').map(resolve);
  else if (keyword === 'append') {
    draft.commandLine = value;
    const given = /(?:^|\s)initrd=(\S+)/.exec(value)?.[1];
    if (given !== undefined) draft.initrds = given.split(',').map(resolve);
  }
}
