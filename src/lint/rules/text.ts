import { placeOfLine, type Rule, report } from '../context.ts';

const BYTE_ORDER_MARK = '\ufeff';
const WORST_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export const findByteOrderMark: Rule = (context) =>
  context.lines[0]?.startsWith(BYTE_ORDER_MARK) === true
    ? [report('RL5004', placeOfLine(context, 1, 1, 1), {})]
    : [];

/** Said once, at the first line. */
export const findCarriageReturns: Rule = (context) => {
  const index = context.lines.findIndex((line) => line.endsWith('\r'));
  if (index === -1) return [];
  const length = context.lines[index]?.length ?? 1;
  return [report('RL5005', placeOfLine(context, index + 1, length, 1), {})];
};

export const findInnerReturns: Rule = (context) =>
  context.lines.flatMap((line, index) => {
    const at = line.indexOf('\r');
    return at === -1 || at === line.length - 1 || line.startsWith('#')
      ? []
      : [report('RL5006', placeOfLine(context, index + 1, at + 1, 1), {})];
  });

export const findControlCharacters: Rule = (context) =>
  context.lines.flatMap((line, index) => {
    const match = line.startsWith('#') ? null : WORST_CHARACTERS.exec(line);
    if (match === null) return [];
    const value = `U+${match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    return [report('RL5007', placeOfLine(context, index + 1, match.index + 1, 1), { value })];
  });

/** `U+FFFD` stands for bytes that are not UTF-8. Said once. */
export const findBadEncoding: Rule = (context) => {
  const index = context.lines.findIndex((line) => line.includes('\ufffd'));
  const column = (context.lines[index]?.indexOf('\ufffd') ?? 0) + 1;
  return index === -1 ? [] : [report('RL5008', placeOfLine(context, index + 1, column, 1), {})];
};

export const findNoAnswers: Rule = (context) => {
  const { entries, faults, lost } = context.reading;
  const isEmpty = entries.length === 0 && faults.length === 0 && lost.length === 0;
  return isEmpty ? [report('RL5003', placeOfLine(context, 1), {})] : [];
};

/** The installer reads `  # text` as an answer of owner "#", and a single word stops it. */
export const findIndentedComments: Rule = (context) =>
  context.lines.flatMap((line, index) => {
    const match = /^[ \t\v\f]+(?=#)/.exec(line);
    if (match === null || context.continued[index] === true) return [];
    const words = line.trim().split(/\s+/).length;
    const reading = words < 3 ? 'an error, and nothing below is loaded' : 'an answer of the owner "#"';
    return [report('RL5013', placeOfLine(context, index + 1, match[0].length + 1), { reading })];
  });
