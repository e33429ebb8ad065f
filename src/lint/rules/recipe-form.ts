import type { Issue } from '../../report/issue.ts';
import { suggestNearest } from '../../spec/nearest.ts';
import { type LintContext, placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';
import type { RecipePartition, Word } from '../recipe.ts';
import { findRecipe, placeOfWord } from './recipe-sizes.ts';

const SPECIFIERS = [
  '$primary',
  '$bootable',
  '$lvmok',
  '$defaultignore',
  '$lvmignore',
  '$iflabel',
  '$reusemethod',
  '$legacy_boot',
  '$default_filesystem',
  'method',
  'format',
  'use_filesystem',
  'filesystem',
  'mountpoint',
  'label',
  'vg_name',
  'in_vg',
  'lv_name',
  'device',
  'raidid',
  'crypto_type',
  'cipher',
  'keysize',
  'keytype',
  'keyhash',
  'ivalgorithm',
  'existing',
  'acting_filesystem',
] as const;

/** Specifiers that a release's recipes.sh does not have. */
const NEWER: Readonly<Record<string, string>> = { $legacy_boot: 'trixie' };

export const findRecipeEnd: Rule = (context) => {
  const found = findRecipe(context);
  if (found === undefined) return [];
  const { entry, recipe } = found;
  const last = recipe.rest.at(-1);
  if (last !== undefined) return [report('RL5401', placeOfWord(context, entry, last), {})];
  if (recipe.partitions.length === 0) return [report('RL5422', placeOf(context, entry), {})];
  const isNamed = recipe.name.length > 0;
  const first = recipe.partitions[0]?.words[0];
  return isNamed || first === undefined ? [] : [report('RL5414', placeOfWord(context, entry, first), {})];
};

export const findGlobs: Rule = (context) => {
  const entry = context.answers.get('partman-auto/expert_recipe');
  if (entry === undefined) return [];
  return [...entry.value.text.matchAll(/\S*[*?[]\S*/g)].map((match) =>
    report('RL5413', placeOf(context, entry, entry.value, match.index, match[0].length), { value: match[0] }),
  );
};

export const findBraces: Rule = (context) =>
  eachPartition(context, (entry, partition) => {
    const issues = partition.strays
      .filter((word) => /[{}]/.test(word.text))
      .map((word) =>
        report('RL5402', placeOfWord(context, entry, word), { expected: respell(word, partition) }),
      );
    const { unclosed } = partition;
    if (unclosed === undefined) return issues;
    // One badly spaced brace is enough to say.
    const glued = partition.words.find((word) => word.offset > unclosed.offset && /[^{}]\}$/.test(word.text));
    const place = placeOfWord(context, entry, glued ?? unclosed);
    return glued === undefined
      ? [...issues, report('RL5403', place, { value: unclosed.text })]
      : [...issues, report('RL5402', place, { expected: `${glued.text.slice(0, -1)} }` })];
  });

function respell(word: Word, partition: RecipePartition): string {
  if (word.text === '{' || word.text === '}') {
    const before = partition.words[partition.words.indexOf(word) - 1]?.text ?? 'method';
    return `${before}{ ... }`;
  }
  return word.text
    .replaceAll(/\{(?=.)/g, '{ ')
    .replaceAll(/(?<=[^ ])\}/g, ' }')
    .replace('{  }', '{ }');
}

export const findUnknownSpecifiers: Rule = (context) =>
  eachPartition(context, (entry, partition) => {
    const unknown = partition.specifiers.filter(({ key }) => !isSpecifier(key));
    const strays = partition.strays.filter(
      (word) => !/[{}]/.test(word.text) && partition.filesystem !== undefined,
    );
    return [
      ...unknown.map(({ key, word }) => judgeUnknown(context, entry, word, key)),
      ...strays
        .filter((word) => !isBesideBrace(word, partition))
        .map((word) => judgeUnknown(context, entry, word, word.text)),
      ...judgeSuite(context, entry, partition),
    ];
  });

/** The word before a lone "{" is part of that finding, and so are those up to its "}". */
function isBesideBrace(word: Word, partition: RecipePartition): boolean {
  return partition.strays.some((other) => /[{}]/.test(other.text) && other !== word);
}

function judgeUnknown(context: LintContext, entry: Entry, word: Word, value: string): Issue {
  return report('RL5409', placeOfWord(context, entry, word), {
    value,
    suggestion: suggestNearest(value, SPECIFIERS),
  });
}

function judgeSuite(context: LintContext, entry: Entry, partition: RecipePartition): Issue[] {
  const suite = context.options.suite;
  if (suite !== 'bookworm') return [];
  return partition.specifiers
    .filter(({ key }) => NEWER[key] !== undefined)
    .map(({ key, word }) => report('RL5419', placeOfWord(context, entry, word), { suite, value: key }));
}

function isSpecifier(key: string): boolean {
  return SPECIFIERS.some((known) => known === key) || /^options\/\S+$/.test(key);
}

function eachPartition(
  context: LintContext,
  judge: (entry: Entry, partition: RecipePartition) => readonly Issue[],
): readonly Issue[] {
  const found = findRecipe(context);
  return found === undefined
    ? []
    : found.recipe.partitions.flatMap((partition) => judge(found.entry, partition));
}
