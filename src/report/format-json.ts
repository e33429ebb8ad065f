import type { IssueReport } from './format-pretty.ts';
import type { Issue, Position } from './issue.ts';

/** The version of the JSON that `check` prints. It grows when a field changes its meaning or goes; new fields may come. */
export const CHECK_JSON_VERSION = 1;

/** For a program. `ok` is false when there is an error; warnings alone leave it true. */
export function formatJson(
  report: IssueReport,
  /** What was checked, by kind, such as `guests`. */
  checked: Readonly<Record<string, number>>,
): string {
  const count = (severity: Issue['severity']) =>
    report.issues.filter((issue) => issue.severity === severity).length;
  const value = {
    version: CHECK_JSON_VERSION,
    ok: count('error') === 0,
    errors: count('error'),
    warnings: count('warning'),
    ...checked,
    issues: report.issues.map((issue) => describeIssue(issue, report)),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function describeIssue(issue: Issue, report: IssueReport) {
  const place = (position: Position) => ({ ...position, file: report.nameFile(position.file) });
  return {
    code: issue.code,
    severity: issue.severity,
    message: issue.message,
    ...(issue.hint === undefined ? {} : { hint: issue.hint }),
    ...(issue.path === undefined ? {} : { path: issue.path }),
    ...(issue.position === undefined ? {} : { position: place(issue.position) }),
    ...(issue.related === undefined
      ? {}
      : { related: issue.related.map(({ position, message }) => ({ message, position: place(position) })) }),
  };
}
