import type { Node } from 'yaml';
import type { Position } from '../report/issue.ts';
import type { SpecDocument } from './document.ts';

/** The position of a range of offsets in the text; a range over several lines ends at its first line. */
export function positionOfRange(
  document: Pick<SpecDocument, 'file' | 'text' | 'lineCounter'>,
  start: number,
  end: number,
): Position {
  const { line, col } = document.lineCounter.linePos(start);
  const lineEnd = document.text.indexOf('\n', start);
  const limit = lineEnd === -1 ? document.text.length : lineEnd;
  return {
    file: document.file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    length: Math.max(Math.min(end, limit) - start, 1),
  };
}

/** The position of a node; the start of the file for a node without one. */
export function positionOfNode(document: SpecDocument, node: unknown): Position {
  const range = (node as Partial<Node> | null | undefined)?.range;
  return positionOfRange(document, range?.[0] ?? 0, range?.[1] ?? 1);
}
