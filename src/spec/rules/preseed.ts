import type { Issue } from '../../report/issue.ts';
import { entriesOf } from '../check-shape.ts';
import { BUILT_IN, normaliseRoute } from '../normalise/guest.ts';
import { joinRecipe } from '../recipe.ts';
import { parseSize } from '../size.ts';
import { type GuestSource, placeInside, placeKey } from '../sources.ts';
import type { GuestRule } from './context.ts';

/** Judges what the spec gives the installer as it stands. Positions count lines and columns from 1; the linter is one. */
export interface PreseedJudge {
  /** Lines of a preseed. */
  readonly judgeAnswers: (lines: readonly string[], suite: string) => readonly Issue[];
  /** A recipe in one line, for a disk of this size. */
  readonly judgeRecipe: (
    recipe: string,
    suite: string,
    diskSizeBytes: number | undefined,
  ) => readonly Issue[];
}

/** The user's own answers for the installer: each finding is shown at its place in the spec. */
export const checkPreseed: GuestRule = (guest, { judgePreseed }, reporter) => {
  const entries = entriesOf(guest.written.preseed);
  if (entries.length === 0) return;
  const route = normaliseRoute(guest.written.install ?? BUILT_IN.install).kind;
  if (route !== 'installer' && route !== 'iso')
    reporter.at(placeKey(guest, ['preseed']), 'RL1219', { route });
  const lines = entries.map(([, line]) => line);
  for (const issue of judgePreseed?.judgeAnswers(lines, guest.written.suite ?? BUILT_IN.suite) ?? []) {
    const { related: _, ...rest } = issue;
    reporter.add({ ...rest, ...placeIssue(guest, issue, entries) });
  }
};

/** A recipe of the user's own: what the installer would not take as it was meant, it takes without a word. */
export const checkRecipe: GuestRule = (guest, { judgePreseed }, reporter) => {
  const root = guest.written.disks?.root;
  if (typeof root?.layout !== 'object' || !('recipe' in root.layout)) return;
  const text = joinRecipe(root.layout.recipe);
  const suite = guest.written.suite ?? BUILT_IN.suite;
  for (const issue of judgePreseed?.judgeRecipe(text, suite, parseSize(root.size)) ?? []) {
    const { related: _, ...rest } = issue;
    const { column = 1, length = 1 } = issue.position ?? {};
    const path = ['disks', 'root', 'layout', 'recipe'];
    reporter.add({ ...rest, ...placeInside(guest, path, { text, start: column - 1, length }) });
  }
};

function placeIssue(guest: GuestSource, issue: Issue, entries: ReturnType<typeof entriesOf<string>>) {
  const { line = 1, column = 1, length = 1 } = issue.position ?? {};
  const [index, text] = entries[line - 1] ?? entries[0] ?? [0, ''];
  return placeInside(guest, ['preseed', index], { text, start: column - 1, length });
}
