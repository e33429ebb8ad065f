import { findOwnQuestion } from '../release/preseed-own.ts';
import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import { chooseRecipeMethod, VOLUME_GROUP } from '../spec/recipe.ts';
import type { PreseedJudge } from '../spec/rules/preseed.ts';
import { placeOf } from './context.ts';
import { lintPreseed } from './lint-preseed.ts';

/**
 * Finds what is wrong with further answers of a spec: as in any preseed, and none of them may be relight's own.
 * Positions count the lines given, from 1.
 */
export function lintExtras(lines: readonly string[], suite: string): readonly Issue[] {
  const { context, issues } = lintPreseed('', `${lines.join('\n')}\n`, { suite });
  const own = context.entries.flatMap((entry) => {
    const found = findOwnQuestion(entry.name.text);
    if (found === undefined) return [];
    const fix = found.key === undefined ? 'leave it out' : `leave it out: the spec's ${found.key} decides it`;
    const position = placeOf(context, entry, entry.name);
    return [makeIssue('RL1218', { name: entry.name.text, fix }, { position })];
  });
  return [...issues, ...own];
}

const RECIPE = 'd-i partman-auto/expert_recipe string ';

/**
 * Finds what is wrong with a spec's own recipe, as in any preseed: the answers around it are those that relight writes.
 * Columns count from 1 in the recipe, which is one line.
 */
export function lintRecipe(
  recipe: string,
  suite: string,
  diskSizeBytes: number | undefined,
): readonly Issue[] {
  const answers = [
    `d-i partman-auto/method string ${chooseRecipeMethod(recipe)}`,
    'd-i partman-partitioning/default_label string gpt',
    'd-i partman-basicfilesystems/no_swap boolean false',
    `d-i partman-auto-lvm/new_vg_name string ${VOLUME_GROUP}`,
  ];
  const text = [`${RECIPE}${recipe}`, ...answers].map((line) => `${line}\n`).join('');
  return lintPreseed('', text, { suite, diskSizeBytes }).issues.flatMap((issue) => {
    const { position } = issue;
    if (position?.line !== 1) return [];
    const column = position.column - RECIPE.length;
    // What is about the question's name is about the recipe as a whole.
    return [{ ...issue, position: { ...position, column: Math.max(column, 1) } }];
  });
}

/** What the rules of a spec ask the linter. */
export const PRESEED_JUDGE: PreseedJudge = { judgeAnswers: lintExtras, judgeRecipe: lintRecipe };
