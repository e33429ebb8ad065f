/** An answer as debconf-set-selections(1) of an installed Debian reads it. */
export interface TargetEntry {
  /** The last physical line that belongs to it, from 1, as the program counts. */
  readonly line: number;
  readonly owner: string;
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export interface TargetReading {
  readonly entries: readonly TargetEntry[];
  /** Lines of which it says `parse error`; it goes on after them. */
  readonly errors: readonly number[];
  /** Lines of which it says `Unknown type`; it skips them, and its exit status stays 0. */
  readonly skipped: readonly number[];
}

/** The types that the program knows; `seen` sets the flag. */
export const TARGET_TYPES: ReadonlySet<string> = new Set([
  'select',
  'boolean',
  'string',
  'multiselect',
  'note',
  'password',
  'text',
  'title',
  'seen',
]);

const BLANK = '[ \\t\\n\\v\\f\\r]';
const WORD = '[^ \\t\\n\\v\\f\\r]+';
const LINE = new RegExp(`^${BLANK}*(${WORD})${BLANK}+(${WORD})${BLANK}+(${WORD})(?:${BLANK}([^\\n]*))?`);
const IGNORED = new RegExp(`^${BLANK}*(#|$)`);

/**
 * Reads a preseed exactly as /usr/bin/debconf-set-selections does (perl, debconf 1.5.82): a backslash and the end of
 * line are removed and nothing else, comments count only outside a continued line, and one blank after the type is eaten.
 */
export function readAsTarget(lines: readonly string[]): TargetReading {
  const entries: TargetEntry[] = [];
  const errors: number[] = [];
  const skipped: number[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    let text = stripReturn(lines[index]);
    while (text.endsWith('\\') && index + 1 < lines.length) {
      index += 1;
      text = text.slice(0, -1) + stripReturn(lines[index]);
    }
    if (IGNORED.test(text)) continue;
    const match = LINE.exec(text);
    const [, owner, name, type, value = ''] = match ?? [];
    if (owner === undefined || name === undefined || type === undefined) errors.push(index + 1);
    else if (TARGET_TYPES.has(type)) entries.push({ line: index + 1, owner, name, type, value });
    else skipped.push(index + 1);
  }
  return { entries, errors, skipped };
}

function stripReturn(line: string | undefined): string {
  return (line ?? '').replace(/\r$/, '');
}
