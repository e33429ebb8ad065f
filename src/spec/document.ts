import { type Document, LineCounter, type Node, parseDocument } from 'yaml';
import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import { convertNode, NodeProblem } from './convert-node.ts';
import { positionOfRange } from './position.ts';
import { checkText, MAX_DEPTH } from './text-rules.ts';
import { explainYamlError } from './yaml-errors.ts';

/** More issues in one file help nobody, and each costs a search for its place. */
export const MAX_ISSUES = 100;

/** A parsed file: its plain data, and the nodes from which positions are found. */
export interface SpecDocument {
  readonly file: string;
  readonly text: string;
  readonly root: Node | null;
  readonly yaml: Document.Parsed | undefined;
  readonly lineCounter: LineCounter;
  /** Undefined when the file could not be parsed to a map. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

export interface ParsedDocument {
  readonly document: SpecDocument;
  readonly issues: readonly Issue[];
}

/**
 * Parses the text of one file of a spec. Whatever the text is, this returns issues and does not throw.
 * `uniqueKeys` is off because yaml compares every key with every other: `convertNode` finds duplicates in linear time.
 */
export function parseSpecDocument(file: string, original: string, example: string): ParsedDocument {
  const checked = checkText(file, original, example);
  const lineCounter = new LineCounter();
  const empty = { file, text: checked.text, root: null, yaml: undefined, lineCounter, data: undefined };
  if (checked.fatal) return { document: empty, issues: checked.issues };
  let yaml: Document.Parsed;
  try {
    yaml = parseDocument(checked.text, { lineCounter, uniqueKeys: false, strict: true, prettyErrors: false });
  } catch (error) {
    return { document: empty, issues: [...checked.issues, explainThrown(file, error)] };
  }
  const document = { ...empty, yaml, root: yaml.contents as Node | null };
  const problems = [...yaml.errors, ...yaml.warnings];
  if (problems.length > 0) {
    const found = problems.slice(0, 10).map((problem) => explainYamlError(document, problem));
    return { document, issues: [...checked.issues, ...found] };
  }
  return readData(document, checked.issues, example);
}

function readData(document: SpecDocument, before: readonly Issue[], example: string): ParsedDocument {
  const issues = [...before];
  try {
    const data = convertNode(document, (issue) => issues.length < MAX_ISSUES && issues.push(issue));
    if (isPlainMap(data)) return { document: { ...document, data }, issues };
    const position = positionOfRange(document, 0, 1);
    if (data === null) issues.push(makeIssue('RL1001', { example }, { position }));
    else issues.push(makeIssue('RL1002', { found: nameType(data) }, { position }));
  } catch (error) {
    if (!(error instanceof NodeProblem)) throw error;
    issues.push(error.issue);
  }
  return { document, issues };
}

/** Deep nesting overflows the parser's stack; anything else that it throws is a syntax error as well. */
function explainThrown(file: string, error: unknown): Issue {
  const position = { file, line: 1, column: 1, length: 1 };
  if (error instanceof RangeError) return makeIssue('RL1012', { limit: MAX_DEPTH }, { position });
  return makeIssue(
    'RL1009',
    { detail: error instanceof Error ? error.message : String(error) },
    { position },
  );
}

export function isPlainMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The type of a value in a person's words. */
export function nameType(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  return `the ${typeof value} ${String(value)}`;
}
