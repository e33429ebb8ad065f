import { isQuoted, placeOf, type Rule, report } from '../context.ts';
import { locateRange } from '../entry.ts';

const FORMS = {
  owner: 'write: d-i QUESTION TYPE VALUE',
  name: 'write: OWNER QUESTION TYPE VALUE, for example d-i netcfg/enable boolean true',
  type: 'add the type, such as string or boolean',
} as const;

/** Where the installer's reader stops. An indented comment has its own finding. */
export const findSyntaxFaults: Rule = (context) =>
  context.reading.faults.flatMap((fault) => {
    const first = fault.segments[0];
    if (first === undefined || first.text.startsWith('#') || first.text.startsWith('\ufeff#')) return [];
    const position = locateRange(context.file, fault.segments, 0, first.text.length);
    return [report('RL5015', position, { suggestion: FORMS[fault.missing] })];
  });

/** Types whose value is one word or a list of words: a blank and `#` can only be a comment. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(['boolean', 'select', 'multiselect', 'note']);

/** Whether the value of an entry is free text: commands, recipes, full names. */
export function isFreeText(name: string): boolean {
  return /command$|recipe|fullname|kernel-opts|prompt|passw/.test(name);
}

export const findTrailingComments: Rule = (context) =>
  context.entries.flatMap((entry) => {
    const at = entry.value.text.includes('#') ? entry.value.text.search(/(^|[ \t])#/) : -1;
    if (at === -1) return [];
    const isPlain = PLAIN_TYPES.has(entry.type.text) || !isFreeText(entry.name.text);
    if (!isPlain || entry.owner.text.startsWith('#')) return [];
    const place = placeOf(context, entry, entry.value, entry.value.text.indexOf('#', at));
    // A comment inside a continued line has its own finding.
    if (/^\s*#/.test(context.lines[place.line - 1] ?? '')) return [];
    return [report('RL5016', place, {})];
  });

export const findQuotedValues: Rule = (context) =>
  context.entries.flatMap((entry) => {
    if (!isQuoted(entry.value.text) || isFreeText(entry.name.text) || !entry.name.text.includes('/'))
      return [];
    return [report('RL5017', placeOf(context, entry), {})];
  });
