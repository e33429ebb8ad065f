import type { Issue } from '../../report/issue.ts';
import { type LintContext, placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';
import { findSpecifier, parseRecipe, type Recipe, type RecipePartition, type Word } from '../recipe.ts';

/** partman counts megabytes of 10^6 bytes. */
const MEGABYTE = 1_000_000;
const SIZE = /^(\d+|\d+%|\d+\+\d+%)$/;

/** Every recipe rule asks for the same one. */
const PARSED = new WeakMap<Entry, Recipe>();

/** The recipe in partman-auto/expert_recipe, when there is one. */
export function findRecipe(
  context: LintContext,
): { readonly entry: Entry; readonly recipe: Recipe } | undefined {
  const entry = context.answers.get('partman-auto/expert_recipe');
  if (entry === undefined || entry.value.text === '') return undefined;
  const recipe = PARSED.get(entry) ?? parseRecipe(entry.value.text);
  PARSED.set(entry, recipe);
  return { entry, recipe };
}

export function placeOfWord(context: LintContext, entry: Entry, word: Word) {
  return placeOf(context, entry, entry.value, word.offset, word.text.length);
}

/** What decode_recipe makes of a size that it cannot read. */
const EFFECTS = {
  smallest: 'the partition would need 2200000000 MB, and fit on no disk',
  priority: 'the partition does not grow',
  largest: 'the partition does not grow',
} as const;

export const findBadSizes: Rule = (context) => {
  const found = findRecipe(context);
  if (found === undefined) return [];
  return found.recipe.partitions.flatMap((partition) => judgeSizes(context, found.entry, partition));
};

function judgeSizes(context: LintContext, entry: Entry, partition: RecipePartition): Issue[] {
  const { minimum, priority, maximum, filesystem, words } = partition;
  const first = words[0];
  if (filesystem === undefined) {
    return first === undefined ? [] : [report('RL5421', placeOfWord(context, entry, first), {})];
  }
  const sizes = [
    [minimum, 'smallest'],
    [priority, 'priority'],
    [maximum, 'largest'],
  ] as const;
  return sizes.flatMap(([word, what]) => {
    if (word === undefined || (what === 'largest' && word.text === '-1')) return [];
    const place = placeOfWord(context, entry, word);
    if (!SIZE.test(word.text))
      return [report('RL5405', place, { value: word.text, what, effect: EFFECTS[what] })];
    return word.text.endsWith('%') ? [report('RL5417', place, { value: word.text })] : [];
  });
}

/** A recipe that does not fit is skipped with a line in the log, and a built-in one is used. */
export const findTooLargeRecipe: Rule = (context) => {
  const found = findRecipe(context);
  const diskSize = context.options.diskSizeBytes;
  if (found === undefined || diskSize === undefined) return [];
  const sum = found.recipe.partitions
    .filter((partition) => countsOnDisk(context, partition))
    .reduce((total, partition) => total + smallestSize(partition), 0);
  const limit = Math.floor(diskSize / MEGABYTE);
  if (sum <= limit) return [];
  const first = found.recipe.name[0] ?? { text: found.entry.value.text, offset: 0 };
  return [report('RL5406', placeOfWord(context, found.entry, first), { value: sum, limit })];
};

/** `$defaultignore{ }` leaves a partition out of a regular layout, `$lvmignore{ }` out of an LVM one. */
function countsOnDisk(context: LintContext, partition: RecipePartition): boolean {
  const isRegular = context.answers.get('partman-auto/method')?.value.text === 'regular';
  return findSpecifier(partition, isRegular ? '$defaultignore' : '$lvmignore') === undefined;
}

/** The part in percent of memory is not known here and counts as nothing. */
function smallestSize(partition: RecipePartition): number {
  const match = /^(\d+)(\+\d+%)?$/.exec(partition.minimum?.text ?? '');
  return match === null ? 0 : Number(match[1]);
}
