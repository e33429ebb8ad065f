import { type Code, type CodeParameters, makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';

/** The cap on one file, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

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
  return { text, issues, fatal: false };
}

function findOffset(file: string, text: string, offset: number) {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return { file, line, column: offset - lineStart + 1, length: 1 };
}
