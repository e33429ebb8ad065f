import { placeOfLine, type Rule, report } from '../context.ts';

/** A backslash that blanks follow ends the line for both readers. */
export const findBlankAfterBackslash: Rule = (context) =>
  context.lines.flatMap((line, index) => {
    if (!line.includes('\\') || line.startsWith('#')) return [];
    const match = /\\([ \t\v\f]+)\r?$/.exec(line);
    if (match === null) return [];
    return [report('RL5010', placeOfLine(context, index + 1, match.index + 2, match[1]?.length ?? 1), {})];
  });

export const findCommentInside: Rule = (context) =>
  context.lines.flatMap((line, index) => {
    if (context.continued[index] !== true) return [];
    const match = /^[ \t\v\f]*#/.exec(line);
    if (match === null || isAfterComment(context.lines, index)) return [];
    return [report('RL5011', placeOfLine(context, index + 1, match[0].length), {})];
  });

export const findEmptyLineInside: Rule = (context) =>
  context.lines.flatMap((line, index) => {
    const isInside = line.trim() === '' && (context.lines[index - 1] ?? '').replace(/\r$/, '').endsWith('\\');
    if (!isInside || (context.lines[index - 1] ?? '').startsWith('#')) return [];
    return context.continued[index] === true && hasMore(context.lines, index)
      ? [report('RL5014', placeOfLine(context, index + 1, 1, 1), {})]
      : [];
  });

export const findLostContinuation: Rule = (context) => {
  const last = context.reading.lost.at(-1);
  if (last === undefined) return [];
  return [report('RL5012', placeOfLine(context, last.line, last.column, last.text.length + 2), {})];
};

function hasMore(lines: readonly string[], index: number): boolean {
  return lines.slice(index + 1).some((line) => line.trim() !== '' && !line.startsWith('#'));
}

/** Several comment lines are one finding. */
function isAfterComment(lines: readonly string[], index: number): boolean {
  return /^[ \t\v\f]*#/.test(lines[index - 1] ?? '');
}
