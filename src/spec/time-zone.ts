import { suggestNearest } from './nearest.ts';

const known = new Map<string, boolean>();

/** Whether the IANA database has the zone, by its own name or by an older one; Debian packages the same database (tzdata). */
export function isTimeZone(name: string): boolean {
  const found = known.get(name);
  if (found !== undefined) return found;
  const isKnown = asks(name);
  known.set(name, isKnown);
  return isKnown;
}

/** ICU takes names in any case; files have one. */
function asks(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

/** The zone that was meant, or how zones are named. */
export function suggestTimeZone(name: string): string {
  const zones = [...Intl.supportedValuesOf('timeZone'), 'Etc/UTC'];
  return suggestNearest(name, zones, 'as in Europe/London; timedatectl list-timezones has them all');
}
