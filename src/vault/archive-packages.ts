import { ARCHIVE_PATH, type ArchiveFile } from './partial-mirror.ts';

/** A package as an archive's index has it, as far as an installation's first step looks at it. */
export interface ArchivePackage extends ArchiveFile {
  readonly name: string;
  readonly priority: string;
  readonly isEssential: boolean;
  /** Of each group of alternatives the first name, which is what debootstrap takes. */
  readonly depends: readonly string[];
}

/** Reads a Packages index (deb822(5)). An entry whose place or hash is odd is left out: nothing could serve it. */
export function parseArchivePackages(text: string): ArchivePackage[] {
  return text.split(/\n{2,}/).flatMap((stanza) => readPackage(stanza) ?? []);
}

function readPackage(stanza: string): ArchivePackage | undefined {
  const field = (name: string) => new RegExp(`^${name}: *(.*)$`, 'm').exec(stanza)?.[1]?.trim() ?? '';
  const [name, path, sha256, size] = [
    field('Package'),
    field('Filename'),
    field('SHA256'),
    Number(field('Size')),
  ];
  const isWhole = name !== '' && ARCHIVE_PATH.test(path) && /^[0-9a-f]{64}$/.test(sha256);
  if (!isWhole || !Number.isInteger(size) || size <= 0) return undefined;
  const depends = `${field('Pre-Depends')},${field('Depends')}`
    .split(',')
    .map((group) => group.replace(/[|(:].*$/s, '').trim())
    .filter((each) => each !== '');
  const isEssential = field('Essential') === 'yes';
  return { name, path, sha256, size, priority: field('Priority'), isEssential, depends };
}

/**
 * What debootstrap takes: all of priority required and important, and what they depend on, by the first of each group
 * of alternatives and without a look at versions (scripts/debian-common, `work_out_debs`; functions, `resolve_deps`). apt
 * may choose otherwise.
 */
export function listDebootstrapPackages(packages: readonly ArchivePackage[]): ArchivePackage[] {
  const byName = new Map<string, ArchivePackage[]>();
  for (const each of packages) byName.set(each.name, [...(byName.get(each.name) ?? []), each]);
  const taken = new Set<ArchivePackage>();
  const pending = packages.filter(
    ({ priority, isEssential, name }) =>
      isEssential || priority === 'required' || priority === 'important' || name === 'apt',
  );
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (taken.has(next)) continue;
    taken.add(next);
    for (const name of next.depends) pending.push(...(byName.get(name) ?? []));
  }
  return [...taken];
}
