import type { Position } from '../report/issue.ts';

/** A piece of a logical line: where its first character is in the file, and where in the logical line. */
export interface Segment {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly text: string;
  readonly offset: number;
}

/** A word of a logical line, or the rest of it. */
export interface Field {
  readonly text: string;
  readonly offset: number;
}

/** An answer as the installer reads it: owner, question, type, value. */
export interface Entry {
  readonly segments: readonly Segment[];
  readonly owner: Field;
  readonly name: Field;
  readonly type: Field;
  /** Without trailing blanks: cdebconf drops them. */
  readonly value: Field;
  /** The type is `seen`: the line sets a flag, not a value. */
  readonly isFlag: boolean;
}

/** Where a range of a logical line is in the file. A range over several lines ends with its first. */
export function locateRange(
  file: string,
  segments: readonly Segment[],
  offset: number,
  length: number,
): Position {
  const segment = findSegment(segments, offset);
  const inside = Math.min(offset - segment.offset, segment.text.length);
  return {
    file,
    line: segment.line,
    column: segment.column + inside,
    length: Math.max(1, Math.min(length, segment.text.length - inside)),
  };
}

function findSegment(segments: readonly Segment[], offset: number): Segment {
  const found = segments.findLast((segment) => segment.offset <= offset) ?? segments[0];
  return found ?? { line: 1, column: 1, text: '', offset: 0 };
}
