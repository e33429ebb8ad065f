/** The candidate closest to a mistyped word, or undefined when none is close enough to be meant. */
export function findNearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length <= 3 ? 1 : word.length <= 6 ? 2 : 3;
  if (word.length > 64) return undefined;
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > bestDistance) continue;
    const distance = measureDistance(normalise(word), normalise(candidate));
    // Of two that are as close, letters that were swapped are likelier than one too many.
    const isLikelier = best !== undefined && best.length !== word.length && candidate.length === word.length;
    if (distance < bestDistance || (distance === bestDistance && isLikelier)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** "did you mean ...?", or nothing; `otherwise` is used when no candidate is close. */
export function suggestNearest(word: string, candidates: Iterable<string>, otherwise = ''): string {
  const nearest = findNearest(word, candidates);
  return nearest === undefined ? otherwise : `did you mean "${nearest}"?`;
}

/** `ssh_keys` and `sshKeys` are as good as `ssh-keys`. */
function normalise(word: string): string {
  return word.toLowerCase().replaceAll('_', '-');
}

/** The edit distance where a swap of two neighbours counts once (optimal string alignment). */
export function measureDistance(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      let value = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + cost,
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) value = Math.min(value, at(before, column - 2) + 1);
      current.push(value);
    }
    before = previous;
    previous = current;
  }
  return at(previous, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
