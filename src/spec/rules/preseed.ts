import type { Issue } from '../../report/issue.ts';
import { entriesOf } from '../check-shape.ts';
import { BUILT_IN, normaliseRoute } from '../normalise/guest.ts';
import { type GuestSource, placeInside, placeKey } from '../sources.ts';
import type { GuestRule } from './context.ts';

/** Judges lines of a preseed for a suite. Positions count the lines given, from 1; the linter is one. */
export type PreseedJudge = (lines: readonly string[], suite: string) => readonly Issue[];

/** The user's own answers for the installer: each finding is shown at its place in the spec. */
export const checkPreseed: GuestRule = (guest, { judgePreseed }, reporter) => {
  const entries = entriesOf(guest.written.preseed);
  if (entries.length === 0) return;
  const route = normaliseRoute(guest.written.install ?? BUILT_IN.install).kind;
  if (route !== 'installer' && route !== 'iso')
    reporter.at(placeKey(guest, ['preseed']), 'RL1219', { route });
  const lines = entries.map(([, line]) => line);
  for (const issue of judgePreseed?.(lines, guest.written.suite ?? BUILT_IN.suite) ?? []) {
    const { related: _, ...rest } = issue;
    reporter.add({ ...rest, ...placeIssue(guest, issue, entries) });
  }
};

function placeIssue(guest: GuestSource, issue: Issue, entries: ReturnType<typeof entriesOf<string>>) {
  const { line = 1, column = 1, length = 1 } = issue.position ?? {};
  const [index, text] = entries[line - 1] ?? entries[0] ?? [0, ''];
  return placeInside(guest, ['preseed', index], { text, start: column - 1, length });
}
