import type { PreseedExtra } from '../types.ts';

/** The fields of a line that the schema has passed: any number of blanks between them, and the rest is the value. */
export function readPreseedExtra(line: string): PreseedExtra {
  const [, owner = '', question = '', type = '', value = ''] =
    /^(\S+) +(\S+) +(\S+)(?: +(.*))?$/u.exec(line) ?? [];
  return { owner, question, type: type as PreseedExtra['type'], value };
}
