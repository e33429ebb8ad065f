import type { Entry, Field, Segment } from './entry.ts';

/** A line at which the installer's reader stops: it exits 1, and what follows is never loaded. */
export interface SyntaxFault {
  readonly segments: readonly Segment[];
  readonly missing: 'owner' | 'name' | 'type';
}

export interface InstallerReading {
  readonly entries: readonly Entry[];
  /** The installer stops at the first; the linter reads on, to find all errors at once. */
  readonly faults: readonly SyntaxFault[];
  /** How many of the entries come before the first fault: only these are loaded. */
  readonly loaded: number;
  /** A continued line that the end of the file cuts off: it is dropped without a word. */
  readonly lost: readonly Segment[];
}

/** [[:space:]] of the C locale: blank, and tab to carriage return. */
function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** The first place from `start` on that is no blank; the text's length when there is none. */
function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/**
 * Reads a preseed exactly as /bin/debconf-set-selections of the installer does, a shell script that is the same in
 * bookworm and trixie: first it drops comments in column 1 and blank lines, even inside a continued line, then all
 * carriage returns; then it strips each line's leading blanks and joins continued lines with one space.
 */
export function readAsInstaller(lines: readonly string[]): InstallerReading {
  const entries: Entry[] = [];
  const faults: SyntaxFault[] = [];
  let loaded = 0;
  let pending: Segment[] = [];
  for (const [index, raw] of lines.entries()) {
    if (raw.startsWith('#') || skipBlanks(raw, 0) === raw.length) continue;
    const clean = raw.includes('\r') ? raw.replaceAll('\r', '') : raw;
    const indent = skipBlanks(clean, 0);
    const text = indent === 0 ? clean : clean.slice(indent);
    if (text.endsWith('\\')) {
      pending = append(pending, index + 1, indent + 1, trimEnd(text.slice(0, -1)));
      continue;
    }
    const segments = append(pending, index + 1, indent + 1, text);
    pending = [];
    const result = parseLine(segments);
    if ('missing' in result) faults.push(result);
    else entries.push(result);
    if (faults.length === 0) loaded = entries.length;
  }
  return { entries, faults, loaded, lost: pending };
}

/** `${multiline:+$multiline }`: an empty beginning leaves no space. Adds in place: a file may be one long line. */
function append(segments: Segment[], line: number, column: number, text: string): Segment[] {
  const last = segments.at(-1);
  const length = last === undefined ? 0 : last.offset + last.text.length;
  if (length === 0) return [{ line, column, text, offset: 0 }];
  segments.push({ line, column, text, offset: length + 1 });
  return segments;
}

function parseLine(segments: readonly Segment[]): Entry | SyntaxFault {
  const [first] = segments;
  const isOne = segments.length === 1 && first !== undefined;
  const line = isOne ? first.text : segments.map((segment) => segment.text).join(' ');
  const owner = takeField(line, 0);
  if (owner === undefined) return { segments, missing: 'owner' };
  const name = takeField(line, owner.next);
  if (name === undefined) return { segments, missing: 'name' };
  const type = takeField(line, name.next) ?? takeRest(line, name.next);
  if (type === undefined) return { segments, missing: 'type' };
  const value = { text: trimEnd(line.slice(type.next)), offset: type.next };
  return {
    segments,
    owner,
    name,
    type,
    value,
    isFlag: type.text === 'seen',
  };
}

interface TakenField extends Field {
  readonly next: number;
}

/** The word before the next blanks; undefined when no blank follows (`first_field`). */
function takeField(line: string, offset: number): TakenField | undefined {
  let end = offset;
  while (end < line.length && !isBlank(line.charCodeAt(end))) end += 1;
  if (end === line.length) return undefined;
  return { text: line.slice(offset, end), offset, next: skipBlanks(line, end) };
}

/** A type at the very end of the line has no value. */
function takeRest(line: string, offset: number): TakenField | undefined {
  return offset < line.length ? { text: line.slice(offset), offset, next: line.length } : undefined;
}

/** A loop, not a pattern: `[blanks]*$` takes quadratic time on a long run of blanks in the middle. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
