import { findQuestion, type Question } from '../release/preseed-questions.ts';
import { type Code, type CodeParameters, makeIssue } from '../report/codes.ts';
import type { Issue, Position, RelatedPosition } from '../report/issue.ts';
import { type Entry, type Field, locateRange } from './entry.ts';
import { type InstallerReading, readAsInstaller } from './read-installer.ts';
import { splitLines } from './split-lines.ts';

export type Priority = 'critical' | 'high' | 'medium' | 'low';

export interface LintOptions {
  /** The release that will read it; undefined: any that the table describes. */
  readonly suite?: string | undefined;
  /** The size of the disk that is partitioned, in bytes. */
  readonly diskSizeBytes?: number | undefined;
  /** Demands an answer to every question that the installer asks at this priority. */
  readonly priority?: Priority | undefined;
}

/** What every rule is given: the lines, the answers as the installer takes them, and the questions of the release. */
export interface LintContext {
  readonly file: string;
  readonly lines: readonly string[];
  /** By line: whether the line before it, comments and blank lines apart, ends in a backslash. */
  readonly continued: readonly boolean[];
  readonly reading: InstallerReading;
  readonly entries: readonly Entry[];
  /** The answer that counts: the last one. */
  readonly answers: ReadonlyMap<string, Entry>;
  /** Answers of questions that are known, without flags and without those that hold a comment or quotes. */
  readonly known: readonly (readonly [Entry, Question])[];
  readonly options: LintOptions;
  /** The question of an entry in the release, or in any when none is given. */
  readonly findQuestion: (name: string) => Question | undefined;
}

export type Rule = (context: LintContext) => readonly Issue[];

export function makeContext(file: string, text: string, options: LintOptions): LintContext {
  const lines = splitLines(text);
  const reading = readAsInstaller(lines);
  const cache = new Map<string, Question | undefined>();
  const find = (name: string) => {
    const known = cache.get(name);
    if (known !== undefined || cache.has(name)) return known;
    const question = findQuestion(name, options.suite);
    cache.set(name, question);
    return question;
  };
  const answers = new Map<string, Entry>();
  for (const entry of reading.entries) if (!entry.isFlag) answers.set(entry.name.text, entry);
  return {
    file,
    lines,
    continued: listContinued(lines),
    reading,
    entries: reading.entries,
    answers,
    known: reading.entries.flatMap((entry) => pairWithQuestion(entry, find)),
    options,
    findQuestion: find,
  };
}

function listContinued(lines: readonly string[]): readonly boolean[] {
  let isOpen = false;
  return lines.map((line) => {
    const before = isOpen;
    const isSkipped = line.startsWith('#') || line.trim() === '';
    if (!isSkipped) isOpen = line.includes('\\') && line.replaceAll('\r', '').endsWith('\\');
    return before;
  });
}

function pairWithQuestion(entry: Entry, find: LintContext['findQuestion']): (readonly [Entry, Question])[] {
  const value = entry.value.text;
  if (entry.isFlag || isCommented(value) || isQuoted(value)) return [];
  const question = find(entry.name.text);
  return question === undefined ? [] : [[entry, question]];
}

function isCommented(value: string): boolean {
  return value.includes('#') && /(^|[ \t])#/.test(value);
}

/** Whether a value stands in quotes, which both readers take as a part of it. */
export function isQuoted(value: string): boolean {
  const [quote] = value;
  return (quote === '"' || quote === "'") && value.length > 1 && value.endsWith(quote);
}

/** The value that the installer will have for a question; undefined without an answer. */
export function answerOf(context: LintContext, name: string): string | undefined {
  return context.answers.get(name)?.value.text;
}

/** The place of a field of an entry, or of a part of it. An empty value is shown at the type before it. */
export function placeOf(
  context: LintContext,
  entry: Entry,
  field: Field = entry.value,
  start = 0,
  length = field.text.length - start,
): Position {
  const shown = field.text === '' ? entry.type : field;
  const isWhole = shown !== field;
  return locateRange(
    context.file,
    entry.segments,
    shown.offset + (isWhole ? 0 : start),
    isWhole ? shown.text.length : length,
  );
}

/** The place of a physical line, or of a part of it. */
export function placeOfLine(context: LintContext, line: number, column = 1, length?: number): Position {
  const text = context.lines[line - 1] ?? '';
  return { file: context.file, line, column, length: Math.max(1, length ?? text.length - column + 1) };
}

/** Shorthand for `makeIssue` with a place. */
export function report<Key extends Code>(
  code: Key,
  position: Position,
  parameters: CodeParameters<Key>,
  related?: readonly RelatedPosition[],
): Issue {
  return makeIssue(code, parameters, { position, ...(related === undefined ? {} : { related }) });
}
