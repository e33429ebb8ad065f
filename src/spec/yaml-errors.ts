import type { YAMLError } from 'yaml';
import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import type { SpecDocument } from './document.ts';
import { positionOfRange } from './position.ts';
import { MAX_DEPTH } from './text-rules.ts';

/** Turns an error or a warning of the YAML parser into an issue. Warnings (unknown tags) are errors here. */
export function explainYamlError(document: SpecDocument, problem: YAMLError): Issue {
  const [start, end] = problem.pos;
  const position = positionOfRange(document, start, end);
  const place = { position };
  if (/call stack/.test(problem.message)) return makeIssue('RL1012', { limit: MAX_DEPTH }, place);
  if (problem.code === 'MULTIPLE_DOCS') return makeIssue('RL1010', {}, place);
  if (problem.code === 'TAG_RESOLVE_FAILED')
    return makeIssue('RL1008', { detail: lowerFirst(problem.message) }, place);
  if (problem.code === 'TAB_AS_INDENT' || startsWithTab(document.text, start))
    return makeIssue('RL1006', {}, place);
  return makeIssue('RL1009', { detail: lowerFirst(problem.message) }, place);
}

/** The parser reports a tab in several ways, depending on what it expected; the line's own start tells. */
function startsWithTab(text: string, offset: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^ *\t/.test(text.slice(lineStart, lineStart + 200));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
