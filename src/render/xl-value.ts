import { refuse } from './refuse.ts';

/** A value of an xl.cfg: text, a whole number, or a list of these. */
export type XlValue = string | number | readonly XlValue[];

/**
 * Writes a value in the grammar of xl.cfg (libxlu_cfg_l.l). Strings stand in double quotes with only `\` and `"`
 * escaped: the lexer's `\x` and octal escapes lose their digits, so control characters have no spelling at all.
 * @throws Failure RL0901 for control characters, and for numbers that are not whole or are negative.
 */
export function encodeXlValue(value: XlValue): string {
  if (typeof value === 'string') return encodeXlString(value);
  if (typeof value === 'number') return encodeXlNumber(value);
  return value.length === 0 ? '[]' : `[ ${value.map(encodeXlValue).join(', ')} ]`;
}

function encodeXlString(text: string): string {
  if (/[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(text)) {
    refuse('a string of an xl configuration', text, 'free of control characters');
  }
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function encodeXlNumber(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0)
    refuse('a number of an xl configuration', value, 'whole and not negative');
  return String(value);
}

/** Writes `key = value`, a line. Keys are lower case in the lexer. @throws Failure RL0901 */
export function encodeXlSetting(key: string, value: XlValue): string {
  if (!/^[a-z][a-z0-9._]*$/.test(key)) refuse('a key of an xl configuration', key, 'lower case, as on_crash');
  if (!Array.isArray(value) || value.length < 2) return `${key} = ${encodeXlValue(value)}\n`;
  return `${key} = [\n${value.map((entry: XlValue) => `    ${encodeXlValue(entry)},\n`).join('')}]\n`;
}
