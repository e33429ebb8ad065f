import { findOwnQuestion } from '../release/preseed-own.ts';
import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
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
