/** The first line of a preseed that relight wrote, after the format's own; the spec's file follows. */
export const GENERATED_HEADER = '# Written by relight from ';

/** The spec path of each line of a preseed that relight wrote; empty for any other file. Lines count from 1. */
export function findSpecPaths(lines: readonly string[]): ReadonlyMap<number, string> {
  const paths = new Map<number, string>();
  if (findSpecFile(lines) === undefined) return paths;
  let path: string | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('#:')) path = line.slice(2).trim() || undefined;
    else if (!line.startsWith('#') && path !== undefined) paths.set(index + 1, path);
  }
  return paths;
}

/** The spec's file that a preseed's header names; undefined for a preseed that relight did not write. */
export function findSpecFile(lines: readonly string[]): string | undefined {
  const header = lines.slice(0, 3).find((line) => line.startsWith(GENERATED_HEADER));
  return header?.slice(GENERATED_HEADER.length).trim();
}
