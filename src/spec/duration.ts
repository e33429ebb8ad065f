const UNITS = { s: 1, min: 60, h: 3600 } as const;
type Unit = keyof typeof UNITS;

/** A time as written: a whole number of seconds, minutes or hours, at most 24 hours. */
export const DURATION_PATTERN = /^[1-9][0-9]{0,3}s$|^[1-9][0-9]{0,2}min$|^(?:[1-9]|1[0-9]|2[0-4])h$/;

/** The seconds of a time such as `5min`, or undefined when it is not written as DURATION_PATTERN says. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  const unit = text.replace(/^[0-9]+/, '') as Unit;
  return Number.parseInt(text, 10) * UNITS[unit];
}

/** How to write a time that was written without a unit, or with one of another name. */
export function suggestDuration(text: string): string {
  const match = /^\s*([0-9]{1,4})\s*(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:ours?)?)?\s*$/i.exec(text);
  const digits = match?.[1]?.replace(/^0+(?=.)/, '');
  if (digits === undefined || digits === '0') return 'for example 5min';
  const letter = match?.[2]?.[0]?.toLowerCase() ?? 's';
  const unit = letter === 'm' ? 'min' : letter;
  const suggestion = `${digits}${unit}`;
  return parseDuration(suggestion) === undefined ? 'at most 24h' : `write ${suggestion}`;
}
