import { listZones } from '../../release/time-zones.ts';
import { suggestNearest } from '../../spec/nearest.ts';
import { placeOf, type Rule, report } from '../context.ts';

/** `de_DE.UTF-8`, `de_DE`, `de`, `C`: what localechooser's own table has, by its form. */
const LOCALE = /^(C|POSIX|[a-z]{2,3}(_[A-Z]{2})?)(\.[A-Za-z0-9-]+)?(@[a-z]+)?$/;

export const findBadLocales: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const isList = question.name === 'localechooser/supported-locales';
    if (!isList && question.name !== 'debian-installer/locale') return [];
    return [...entry.value.text.matchAll(isList ? /[^,\s]+/g : /\S.*/g)]
      .filter((match) => !LOCALE.test(match[0]))
      .map((match) =>
        report('RL5215', placeOf(context, entry, entry.value, match.index, match[0].length), {
          value: match[0],
        }),
      );
  });

/** Names that are links of old times: from trixie on they are in tzdata-legacy. */
const LEGACY = /^(US|Canada|Mexico|Brazil|Chile|SystemV)\//;
const SHORT: ReadonlySet<string> = new Set(['UTC', 'GMT', 'UCT', 'Universal', 'Zulu']);

export const findBadTimeZones: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    if (question.name !== 'time/zone' || value === '' || SHORT.has(value)) return [];
    if (LEGACY.test(value)) {
      const isGone = context.options.suite !== 'bookworm';
      const suggestion = LEGACY_ZONES[value] === undefined ? '' : `write ${LEGACY_ZONES[value]}`;
      return isGone ? [report('RL5217', placeOf(context, entry), { value, suggestion })] : [];
    }
    const zones = listZones(context.options.suite);
    if (zones.includes(value) || /^[A-Z0-9]{3,7}$/.test(value)) return [];
    const suggestion = suggestNearest(value, zones, 'write it as in Europe/London or Etc/UTC');
    return [report('RL5216', placeOf(context, entry), { value, suggestion })];
  });

const LEGACY_ZONES: Readonly<Record<string, string>> = {
  'US/Eastern': 'America/New_York',
  'US/Central': 'America/Chicago',
  'US/Mountain': 'America/Denver',
  'US/Pacific': 'America/Los_Angeles',
};
