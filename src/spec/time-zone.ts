import { listZones } from '../release/time-zones.ts';
import { suggestNearest } from './nearest.ts';

const known = new Map<string, boolean>();
const listed = new Set<string>();

/** Whether Debian's tzdata offers the zone, or the IANA database knows it by an older name (package tzdata-legacy). */
export function isTimeZone(name: string): boolean {
  if (listed.size === 0) for (const zone of listZones()) listed.add(zone);
  const isKnown = known.get(name) ?? (listed.has(name) || isIcuZone(name));
  known.set(name, isKnown);
  return isKnown;
}

/** ICU takes a name in any case, but says the one that it has; files have one alone. */
function isIcuZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

/** The zone that was meant, or how zones are named. */
export function suggestTimeZone(name: string): string {
  return suggestNearest(name, listZones(), 'as in Europe/London; timedatectl list-timezones has them all');
}
