/** A line of md5sum.txt or SHA512SUMS. */
export interface Checksum {
  readonly hash: string;
  readonly path: string;
}

const MOST_LINES = 500_000;

/**
 * Reads the output format of md5sum(1) and sha512sum(1): hash, two characters (text or binary), path. `digits` is the
 * length of a hash. Lines of another form are left out; a backslash in front, which escapes odd names, is not Debian's.
 */
export function parseChecksums(text: string, digits: number): Checksum[] {
  const found: Checksum[] = [];
  for (const line of text.split('\n', MOST_LINES)) {
    const hash = line.slice(0, digits);
    const path = line.slice(digits + 2).replace(/\r$/, '');
    if (
      path !== '' &&
      /^[0-9a-f]+$/i.test(hash) &&
      hash.length === digits &&
      /^ [ *]/.test(line.slice(digits))
    ) {
      found.push({ hash: hash.toLowerCase(), path });
    }
  }
  return found;
}

/** Writes md5sum.txt as make_disc_trees.pl does: `./path`, sorted by path in the C locale, each path once. */
export function formatChecksums(checksums: readonly Checksum[]): string {
  const byPath = new Map(checksums.map((line) => [line.path, line]));
  return [...byPath.values()]
    .sort((left, right) => compareBytes(left.path, right.path))
    .map(({ hash, path }) => `${hash}  ${path}\n`)
    .join('');
}

/** strcmp on UTF-8, which is not the order of JavaScript's UTF-16 strings for all characters. */
function compareBytes(left: string, right: string): number {
  const [a, b] = [new TextEncoder().encode(left), new TextEncoder().encode(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
