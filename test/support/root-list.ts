import { basename, dirname, posix } from 'node:path';

/** What a root holds. */
export interface RootContents {
  /** Names of installed packages, sorted. */
  readonly packages: readonly string[];
  readonly entries: readonly RootEntry[];
}

/** A file, directory, link or device of a root. */
export interface RootEntry {
  readonly path: string;
  readonly kind: string;
  /** Octal, without the kind. */
  readonly mode: string;
  /** `user:group`, by name: packages of two routes may have made their users in another order. */
  readonly owner: string;
  /** The hash of a file's bytes, the target of a link. */
  readonly content: string;
  /** Whose it is: packages that ship it, or for which it was made. */
  readonly packages: readonly string[];
}

const FIELDS = ['kind', 'mode', 'owner', 'content', 'packages', 'path'] as const;

/** One line an entry, for a file that a later comparison reads. */
export function formatEntries(entries: readonly RootEntry[]): string {
  return entries
    .map((entry) => `${FIELDS.map((field) => [entry[field]].flat().join(',')).join('\t')}\n`)
    .join('');
}

export function parseEntries(text: string): RootEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [kind = '', mode = '', owner = '', content = '', packages = '', path = ''] = line.split('\t');
      return { kind, mode, owner, content, packages: packages === '' ? [] : packages.split(','), path };
    });
}

/** Fills in the packages of each entry. @param lists the paths of each package, as dpkg has them */
export function findOwners(
  entries: readonly RootEntry[],
  lists: ReadonlyMap<string, readonly string[]>,
): RootEntry[] {
  const owners = new Map<string, string[]>();
  for (const [name, paths] of lists)
    for (const path of paths) {
      const real = mergeUsr(path);
      owners.set(real, [...(owners.get(real) ?? []), name]);
    }
  const links = new Map(
    entries.filter(({ kind }) => kind === 'link').map(({ path, content }) => [path, content]),
  );
  const units = new Map(
    [...owners].filter(([path]) => path.includes('/systemd/')).map(([path, of]) => [basename(path), of]),
  );
  const kernels = [...lists.keys()].filter((name) => /^linux-image-\d/.test(name));

  const find = (path: string, depth = 0): readonly string[] => {
    const known = owners.get(path);
    if (known !== undefined || depth > 8) return known ?? [];
    // Alternatives, units that are switched on, links of rc?.d: they belong to what they lead to.
    const target = links.get(path);
    if (target !== undefined) return find(mergeUsr(posix.resolve(dirname(path), target)), depth + 1);
    const kernel = kernels.find((name) =>
      path.split('/').some((part) => part.endsWith(name.slice('linux-image-'.length))),
    );
    if (kernel !== undefined) return [kernel];
    const info = /^\/var\/lib\/dpkg\/info\/([^/]+)\.\w+$/.exec(path)?.[1]?.replace(/:.*/, '');
    if (info !== undefined && lists.has(info)) return [info];
    if (/^\/var\/lib\/systemd\/(?:deb-systemd-(?:user-)?helper-|timers\/stamp-)/.test(path))
      return units.get(basename(path).replace(/^stamp-|\.dsh-also$/g, '')) ?? [];
    return [];
  };
  return entries.map((entry) => ({ ...entry, packages: [...find(entry.path)].sort() }));
}

/** The real place of a path: /bin, /sbin and /lib are links into /usr. */
function mergeUsr(path: string): string {
  return path.replace(/^\/(bin|sbin|lib|lib64)(?=\/|$)/, '/usr/$1');
}
