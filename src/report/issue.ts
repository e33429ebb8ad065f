import type { Code } from './codes.ts';

/** How bad a finding is. Only `error` makes a command fail (exit status 3). */
export type Severity = 'error' | 'warning' | 'info';

/** A place in a file that a person wrote. Lines and columns count from 1; `length` is in characters. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Another place that has to do with a finding, such as the first of two equal addresses. */
export interface RelatedPosition {
  readonly position: Position;
  readonly message: string;
}

/**
 * One finding about something that a person wrote.
 * `code` is stable and never reused; the wording comes from the table in `codes.ts`.
 */
export interface Issue {
  readonly code: Code;
  readonly severity: Severity;
  /** The rule that was broken, in lower case, with the value that broke it. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly position?: Position;
  /** The path inside the spec, such as `disks.root.size`. */
  readonly path?: string;
  readonly related?: readonly RelatedPosition[];
}
