import { type Code, type CodeParameters, makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';

/** The cap on one file, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** How deep maps and lists may be nested. A spec needs six levels. */
export const MAX_DEPTH = 64;
/** Far beyond what any text in a spec holds, and far below where the YAML parser becomes slow. */
const MAX_OPEN_BRACKETS = 500;

export interface CheckedText {
  /** The text with LF line ends and without a byte order mark, so that positions stay right. */
  readonly text: string;
  readonly issues: readonly Issue[];
  /** True when parsing would only produce noise. */
  readonly fatal: boolean;
}

/** Rules on the raw text of a file, before YAML is parsed. */
export function checkText(file: string, original: string, example: string): CheckedText {
  const issues: Issue[] = [];
  const name = file.slice(file.lastIndexOf('/') + 1);
  const report = <Key extends Code>(code: Key, parameters: CodeParameters<Key>, offset: number) => {
    issues.push(makeIssue(code, parameters, { position: findOffset(file, original, offset) }));
  };

  // A character is at least a byte and at most three, so this refuses no file that the reader admitted.
  if (original.length > MAX_FILE_BYTES) {
    report('RL1101', { limit: MAX_FILE_BYTES, size: original.length }, 0);
    return { text: '', issues, fatal: true };
  }
  let text = original;
  if (text.startsWith('\ufeff')) {
    report('RL1003', { name }, 0);
    text = text.slice(1);
  }
  const carriageReturn = original.indexOf('\r\n');
  if (carriageReturn !== -1) {
    report('RL1004', { name }, carriageReturn);
    text = text.replaceAll('\r\n', '\n');
  }
  const control = /[\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/.exec(text);
  if (control !== null) {
    const position = findOffset(file, text, control.index);
    issues.push(makeIssue('RL1005', { value: control[0] }, { position }));
    return { text, issues, fatal: true };
  }
  if (text.trim() === '') {
    report('RL1001', { example }, 0);
    return { text, issues, fatal: true };
  }
  const deep = findDeepNesting(text);
  if (deep !== undefined) {
    issues.push(makeIssue('RL1012', { limit: MAX_DEPTH }, { position: findOffset(file, text, deep) }));
    return { text, issues, fatal: true };
  }
  return { text, issues, fatal: false };
}

/** Where nesting is so deep that the parser would take seconds to overflow its stack. Quotes do not matter at this scale. */
function findDeepNesting(text: string): number | undefined {
  let open = 0;
  for (const match of text.matchAll(/[[\]{}]/g)) {
    open += match[0] === '[' || match[0] === '{' ? 1 : -1;
    if (open > MAX_OPEN_BRACKETS) return match.index;
    if (open < 0) open = 0;
  }
  return /(?:[-?:] ){100}/.exec(text)?.index;
}

function findOffset(file: string, text: string, offset: number) {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return { file, line, column: offset - lineStart + 1, length: 1 };
}
