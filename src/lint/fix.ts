import { type LintContext, makeContext, placeOf } from './context.ts';
import type { Entry, Field } from './entry.ts';
import { TARGET_TYPES } from './read-target.ts';
import { isGoodType } from './rules/questions.ts';
import { meantBoolean } from './rules/values.ts';

export interface FixResult {
  readonly text: string;
  /** How many places were changed. */
  readonly count: number;
}

interface Edit {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly text: string;
}

/** A fix can bring another to light: a joined line has a type, too. */
const MOST_PASSES = 4;

/** Mends what has one meaning only: byte order mark, line ends, blanks after a backslash, comments, types, booleans. */
export function fixPreseed(text: string): FixResult {
  let current = text;
  let count = 0;
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const fixed = fixOnce(current);
    if (fixed.count === 0) break;
    current = fixed.text;
    count += fixed.count;
  }
  return { text: current, count };
}

function fixOnce(text: string): FixResult {
  const context = makeContext('', text, {});
  const edits = [
    ...listLineEdits(context),
    ...context.entries.flatMap((entry) => [...fixType(context, entry), ...fixBoolean(context, entry)]),
  ];
  return { text: applyEdits(text, edits), count: edits.length };
}

function listLineEdits(context: LintContext): Edit[] {
  const hasMark = context.lines[0]?.startsWith('\ufeff') === true;
  const mark = hasMark ? [{ line: 1, column: 1, length: 1, text: '' }] : [];
  return [...mark, ...context.lines.flatMap((line, index) => fixLine(context, line, index))];
}

/** One edit a line at most, so that edits never overlap. */
function fixLine(context: LintContext, line: string, index: number): Edit[] {
  const at = (column: number, length: number) => [{ line: index + 1, column, length, text: '' }];
  if (line.endsWith('\r')) return at(line.length, 1);
  const blank = /\\([ \t\v\f]+)$/.exec(line);
  if (blank !== null && !line.startsWith('#') && !isAnswer(context.lines[index + 1] ?? '')) {
    return at(blank.index + 2, blank[1]?.length ?? 0);
  }
  const indent = /^[ \t\v\f]+(?=#)/.exec(line)?.[0].length ?? 0;
  return indent > 0 && context.continued[index] !== true ? at(1, indent) : [];
}

/** Whether a line starts an answer of its own: then a backslash before it was not meant to continue. */
function isAnswer(line: string): boolean {
  const [owner = '', name = '', type = ''] = line.trim().split(/\s+/);
  return owner === 'd-i' || (name.includes('/') && TARGET_TYPES.has(type));
}

function fixType(context: LintContext, entry: Entry): Edit[] {
  const question = context.findQuestion(entry.name.text);
  const type = entry.type.text;
  if (question === undefined || entry.owner.text.startsWith('#') || isGoodType(question.type, type))
    return [];
  return replaceField(context, entry, entry.type, question.type);
}

function fixBoolean(context: LintContext, entry: Entry): Edit[] {
  const question = context.findQuestion(entry.name.text);
  const value = entry.value.text;
  const meant = meantBoolean(value);
  const isGood = question?.type !== 'boolean' || meant === undefined || meant === value || entry.isFlag;
  return isGood ? [] : replaceField(context, entry, entry.value, meant);
}

function replaceField(context: LintContext, entry: Entry, field: Field, text: string): Edit[] {
  const { line, column } = placeOf(context, entry, field);
  const found = context.lines[line - 1]?.slice(column - 1, column - 1 + field.text.length);
  return found === field.text ? [{ line, column, length: field.text.length, text }] : [];
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const lines = text.split('\n');
  for (const edit of edits.toSorted((left, right) => right.line - left.line || right.column - left.column)) {
    const line = lines[edit.line - 1] ?? '';
    lines[edit.line - 1] =
      line.slice(0, edit.column - 1) + edit.text + line.slice(edit.column - 1 + edit.length);
  }
  return lines.join('\n');
}
