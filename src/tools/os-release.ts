/** Reads os-release(5): names to values, without their quotes. */
export function parseOsRelease(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const found = /^([A-Z_0-9]+)=(?:"([^"]*)"|'([^']*)'|(\S*))$/.exec(line);
    if (found?.[1] !== undefined) values[found[1]] = found[2] ?? found[3] ?? found[4] ?? '';
  }
  return values;
}
