import type { Issue } from '../../report/issue.ts';
import { suggestNearest } from '../../spec/nearest.ts';
import { answerOf, placeOf, type Rule, report } from '../context.ts';
import { findSpecifier, type RecipePartition } from '../recipe.ts';
import { findRecipe, placeOfWord } from './recipe-sizes.ts';

const FILESYSTEMS = ['ext2', 'ext3', 'ext4', 'xfs', 'jfs', 'linux-swap', 'fat16', 'fat32', 'hfs'] as const;
const SUITE_FILESYSTEMS: Readonly<Record<string, readonly string[]>> = {
  bookworm: ['ufs'],
  trixie: ['btrfs'],
};
/** Not file systems, yet meant: the ext2 that they turn into is never made. */
const PLACEHOLDERS = ['free', 'raid', '$default_filesystem'] as const;
const METHODS = ['format', 'keep', 'swap', 'efi', 'biosgrub', 'lvm', 'raid', 'crypto', 'prep'] as const;

export const findBadFilesystems: Rule = (context) => {
  const found = findRecipe(context);
  const suite = context.options.suite;
  const extra = suite === undefined ? ['btrfs', 'ufs'] : (SUITE_FILESYSTEMS[suite] ?? []);
  const known: readonly string[] = [...FILESYSTEMS, ...PLACEHOLDERS, ...extra];
  return (found?.recipe.partitions ?? []).flatMap(({ filesystem }) => {
    if (found === undefined || filesystem === undefined || known.includes(filesystem.text)) return [];
    const value = filesystem.text;
    const suggestion = value === 'swap' ? 'write linux-swap' : suggestNearest(value, known);
    return [report('RL5404', placeOfWord(context, found.entry, filesystem), { value, suggestion })];
  });
};

export const findBadMethods: Rule = (context) => {
  const found = findRecipe(context);
  return (found?.recipe.partitions ?? []).flatMap((partition) => {
    const method = findSpecifier(partition, 'method');
    if (found === undefined || method === undefined || METHODS.some((known) => known === method.value))
      return [];
    const suggestion = suggestNearest(method.value, METHODS, `the methods are ${METHODS.join(', ')}`);
    return [
      report('RL5410', placeOfWord(context, found.entry, method.word), { value: method.value, suggestion }),
    ];
  });
};

export const findMountPoints: Rule = (context) => {
  const found = findRecipe(context);
  if (found === undefined || found.recipe.partitions.length === 0) return [];
  const seen = new Set<string>();
  const issues: Issue[] = [];
  for (const partition of found.recipe.partitions) {
    const mount = findSpecifier(partition, 'mountpoint');
    if (mount === undefined) continue;
    // The same mount point may come once a label: msdos and gpt.
    const key = `${mount.value} ${findSpecifier(partition, '$iflabel')?.value ?? ''}`;
    if (seen.has(key))
      issues.push(report('RL5411', placeOfWord(context, found.entry, mount.word), { value: mount.value }));
    seen.add(key);
    const isFormatted = findSpecifier(partition, 'method') === undefined || isComplete(partition);
    if (!isFormatted)
      issues.push(report('RL5418', placeOfWord(context, found.entry, mount.word), { value: mount.value }));
  }
  const hasRoot = [...seen].some((key) => key.startsWith('/ '));
  const isRaid = answerOf(context, 'partman-auto/method') === 'raid';
  if (!hasRoot && !isRaid) issues.push(report('RL5412', placeOf(context, found.entry), {}));
  return issues;
};

/** `method{ format }` alone changes nothing on the disk: basicfilesystems looks for all of them. */
function isComplete(partition: RecipePartition): boolean {
  if (findSpecifier(partition, 'method')?.value !== 'format') return true;
  return (
    ['format', 'use_filesystem'].every((key) => findSpecifier(partition, key) !== undefined) &&
    ['filesystem', '$default_filesystem'].some((key) => findSpecifier(partition, key) !== undefined)
  );
}

/** Only `$lvmok{ }` partitions become logical volumes. */
export const findNothingForLvm: Rule = (context) => {
  const found = findRecipe(context);
  const value = answerOf(context, 'partman-auto/method');
  if (found === undefined || (value !== 'lvm' && value !== 'crypto')) return [];
  if (found.recipe.partitions.some((partition) => findSpecifier(partition, '$lvmok') !== undefined))
    return [];
  return found.recipe.partitions.length === 0
    ? []
    : [report('RL5407', placeOf(context, found.entry), { value })];
};

/** The template's default goes back to the partitioner, which an unattended install does for ever. */
export const findNoSwap: Rule = (context) => {
  const found = findRecipe(context);
  const partitions = found?.recipe.partitions ?? [];
  if (found === undefined || partitions.length === 0 || answerOf(context, 'partman-auto/method') === 'raid')
    return [];
  const hasSwap = partitions.some(
    (partition) =>
      partition.filesystem?.text === 'linux-swap' || findSpecifier(partition, 'method')?.value === 'swap',
  );
  const isAllowed = answerOf(context, 'partman-basicfilesystems/no_swap') === 'false';
  return hasSwap || isAllowed ? [] : [report('RL5408', placeOf(context, found.entry, found.entry.name), {})];
};

/** `in_vg{ x }` needs a physical volume that makes x; without any `vg_name{ }` the installer names the group itself. */
export const findVolumeGroups: Rule = (context) => {
  const found = findRecipe(context);
  const partitions = found?.recipe.partitions ?? [];
  const made = new Set(partitions.flatMap((partition) => findSpecifier(partition, 'vg_name')?.value ?? []));
  const own = answerOf(context, 'partman-auto-lvm/new_vg_name');
  if (own !== undefined) made.add(own);
  return partitions.flatMap((partition) => {
    const group = findSpecifier(partition, 'in_vg');
    if (found === undefined || group === undefined || made.has(group.value)) return [];
    return [report('RL5415', placeOfWord(context, found.entry, group.word), { value: group.value })];
  });
};

export const findTooManyPrimaries: Rule = (context) => {
  const found = findRecipe(context);
  const label = answerOf(context, 'partman-partitioning/default_label');
  if (found === undefined || label === 'gpt') return [];
  const primaries = found.recipe.partitions.filter((partition) => {
    const isMsdos = findSpecifier(partition, '$iflabel')?.value !== 'gpt';
    return isMsdos && findSpecifier(partition, '$primary') !== undefined;
  });
  const fifth = primaries[4]?.specifiers.find(({ key }) => key === '$primary');
  return fifth === undefined ? [] : [report('RL5416', placeOfWord(context, found.entry, fifth.word), {})];
};
