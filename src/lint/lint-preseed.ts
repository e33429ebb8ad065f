import type { Issue } from '../report/issue.ts';
import { type LintContext, type LintOptions, makeContext, placeOfLine, report } from './context.ts';
import { type CommandToCheck, listCommands } from './rules/commands.ts';
import { RULES } from './rules.ts';
import { findSpecPaths } from './spec-paths.ts';

/** No reader looks through more; a file of nonsense must not flood the terminal. */
const MOST_FINDINGS = 1000;

export interface LintResult {
  readonly context: LintContext;
  /** By line and column. */
  readonly issues: readonly Issue[];
  /** For a shell that only checks them: `reportBadCommand` makes its answers findings. */
  readonly commands: readonly CommandToCheck[];
}

/** Finds what is wrong with a preseed, as the installer's own reader takes it. Pure: no file is read, nothing is run. */
export function lintPreseed(file: string, text: string, options: LintOptions = {}): LintResult {
  const context = makeContext(file, text, options);
  const issues = RULES.flatMap((rule) => rule(context));
  return { context, issues: finishIssues(context, issues), commands: listCommands(context) };
}

/** Sorts findings by place, cuts them at the cap, and names the spec's path for lines that relight wrote. */
export function finishIssues(context: LintContext, issues: readonly Issue[]): readonly Issue[] {
  const paths = findSpecPaths(context.lines);
  const sorted = issues.toSorted(comparePlaces).map((issue) => {
    const path = paths.get(issue.position?.line ?? 0);
    return path === undefined || issue.path !== undefined ? issue : { ...issue, path };
  });
  if (sorted.length <= MOST_FINDINGS) return sorted;
  const place = sorted[MOST_FINDINGS]?.position ?? placeOfLine(context, 1);
  return [...sorted.slice(0, MOST_FINDINGS), report('RL5009', place, { limit: MOST_FINDINGS })];
}

function comparePlaces(left: Issue, right: Issue): number {
  const lines = (left.position?.line ?? 0) - (right.position?.line ?? 0);
  const columns = (left.position?.column ?? 0) - (right.position?.column ?? 0);
  return lines || columns || (left.code < right.code ? -1 : left.code > right.code ? 1 : 0);
}
