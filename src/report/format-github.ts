import type { IssueReport } from './format-pretty.ts';
import type { Issue } from './issue.ts';

const COMMANDS: Readonly<Record<Issue['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

/** For GitHub Actions: one workflow command an issue, shown at its line in a pull request. */
export function formatGithub(report: IssueReport): string {
  return report.issues.map((issue) => formatIssue(issue, report)).join('');
}

function formatIssue(issue: Issue, report: IssueReport): string {
  const position = issue.position;
  const properties = [
    ...(position === undefined
      ? []
      : [
          `file=${escapeProperty(report.nameFile(position.file))}`,
          `line=${position.line}`,
          `col=${position.column}`,
          `endColumn=${position.column + position.length}`,
        ]),
    `title=${issue.code}`,
  ];
  const text = issue.hint === undefined ? issue.message : `${issue.message}\nhint: ${issue.hint}`;
  return `::${COMMANDS[issue.severity]} ${properties.join(',')}::${escapeData(text)}\n`;
}

/** The escapes of @actions/core (packages/core/src/command.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
