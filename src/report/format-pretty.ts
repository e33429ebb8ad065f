import type { Issue, Position } from './issue.ts';
import { showText } from './show-text.ts';

/** The texts of files by name; a map of strings is one. */
export interface SourceTexts {
  readonly get: (file: string) => string | undefined;
}

/** What all formatters are given. */
export interface IssueReport {
  readonly issues: readonly Issue[];
  /** The text of files by name, secrets masked, for excerpts. */
  readonly sources: SourceTexts;
  /** How a file is called in the output: relative to the working directory, say. */
  readonly nameFile: (file: string) => string;
}

const EXCERPT_WIDTH = 100;

/** For a person: `file:line:column: error RLxxxx: rule`, the line with a caret, the hint. */
export function formatPretty(report: IssueReport, options: { readonly color: boolean }): string {
  const paint = options.color ? paintText : (_style: Style, text: string) => text;
  return report.issues.map((issue) => formatIssue(issue, report, paint)).join('\n');
}

type Style = 'error' | 'warning' | 'info' | 'dim' | 'bold';
type Paint = (style: Style, text: string) => string;

function formatIssue(issue: Issue, report: IssueReport, paint: Paint): string {
  const place = issue.position === undefined ? '' : `${formatPosition(issue.position, report)}: `;
  const path = issue.path === undefined ? '' : ` ${paint('dim', `(${showText(issue.path)})`)}`;
  const lines = [
    `${paint('bold', place)}${paint(issue.severity, `${issue.severity} ${issue.code}:`)} ${issue.message}${path}`,
  ];
  if (issue.position !== undefined) lines.push(...formatExcerpt(issue.position, report, paint));
  if (issue.hint !== undefined) lines.push(`       hint: ${issue.hint}`);
  for (const related of issue.related ?? []) {
    lines.push(`       see: ${formatPosition(related.position, report)} (${related.message})`);
  }
  return `${lines.join('\n')}\n`;
}

function formatPosition(position: Position, report: IssueReport): string {
  return `${showText(report.nameFile(position.file), 4096)}:${position.line}:${position.column}`;
}

/** The line and a caret below it. A long line is cut around the place. */
function formatExcerpt(position: Position, report: IssueReport, paint: Paint): readonly string[] {
  const line = lineOf(report.sources.get(position.file), position.line);
  if (line === undefined || line.trim() === '') return [];
  const offset = position.column - 1;
  const start = line.length <= EXCERPT_WIDTH ? 0 : Math.max(0, offset - 40);
  const part = [...line.slice(start, start + EXCERPT_WIDTH)].map(showCharacter).join('').trimEnd();
  const before = [...line.slice(start, offset)].length;
  const covered = [...line.slice(offset, Math.min(offset + position.length, start + EXCERPT_WIDTH))].length;
  const number = String(position.line).padStart(5);
  return [
    `${paint('dim', `${number} |`)} ${part}`,
    `${paint('dim', '      |')} ${' '.repeat(before)}${paint('error', '^'.repeat(Math.max(covered, 1)))}`,
  ];
}

/** One column a character, so that the caret stays below its place. */
function showCharacter(character: string): string {
  if (character === '\t') return ' ';
  return showText(character).length > 1 && character.length === 1 ? '·' : character;
}

function lineOf(text: string | undefined, line: number): string | undefined {
  if (text === undefined) return undefined;
  let start = 0;
  for (let count = 1; count < line; count += 1) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
}

const ESCAPES: Readonly<Record<Style, string>> = {
  error: '31;1',
  warning: '33;1',
  info: '36;1',
  dim: '2',
  bold: '1',
};

function paintText(style: Style, text: string): string {
  return text === '' ? '' : `\u001b[${ESCAPES[style]}m${text}\u001b[0m`;
}
