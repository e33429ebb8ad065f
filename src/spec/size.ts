const UNITS = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;
type Unit = keyof typeof UNITS;

/** A size as written: no leading zero, at most twelve digits, so that bytes stay exact integers below 8192 TiB. */
export const SIZE_PATTERN =
  /^[1-9][0-9]{0,3} ?TiB$|^[1-9][0-9]{0,6} ?GiB$|^[1-9][0-9]{0,9} ?MiB$|^[1-9][0-9]{0,11} ?KiB$/;

/** The bytes of a size such as `8GiB`, or undefined when it is not written as SIZE_PATTERN says. */
export function parseSize(text: string): number | undefined {
  if (!SIZE_PATTERN.test(text)) return undefined;
  const unit = text.slice(-3) as Unit;
  return Number.parseInt(text, 10) * UNITS[unit];
}

/** Writes bytes as a size that reads back to the same number where it is whole in KiB; other numbers as bytes. */
export function formatSize(bytes: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB'] as const) {
    if (bytes >= UNITS[unit] && bytes % UNITS[unit] === 0) return `${bytes / UNITS[unit]}${unit}`;
  }
  return `${bytes} bytes`;
}

/** How to write a size that was written without a unit, or with one of another kind. */
export function suggestSize(text: string): string {
  const match = /^\s*([0-9]+)(?:\.[0-9]+)?\s*([KMGT])?i?B?\s*$/i.exec(text);
  const digits = match?.[1]?.replace(/^0+(?=.)/, '');
  if (digits === undefined || digits === '0') return 'for example 8GiB';
  const letter = match?.[2]?.toUpperCase();
  if (letter !== undefined) return `write ${digits}${letter}iB`;
  return `write the unit: ${digits}MiB or ${digits}GiB`;
}
