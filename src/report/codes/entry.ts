import type { Severity } from '../issue.ts';

/** One row of the table of codes. `{name}` in a text is filled in when an issue is made. */
export interface CodeEntry {
  /** What the code is about, for the list of codes in the docs. */
  readonly title: string;
  /** The rule, in lower case. */
  readonly message: string;
  readonly hint?: string;
  /** `error` unless given. */
  readonly severity?: Severity;
}
