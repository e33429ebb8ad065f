/** How a file changes, in the manner of diff(1): removed lines with -, added ones with +, unchanged ones left out. */
export function formatDiff(path: string, before: string | undefined, after: string): string {
  const old = before === undefined ? [] : splitLines(before);
  const fresh = splitLines(after);
  const header = before === undefined ? `+++ ${path} (new)\n` : `--- ${path}\n`;
  return header + compareLines(old, fresh).join('');
}

/** The longest common subsequence; configuration files are short. */
function compareLines(old: readonly string[], fresh: readonly string[]): string[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(fresh.length + 1).fill(0));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = fresh.length - 1; column >= 0; column -= 1) {
      const line = lengths[row];
      if (line === undefined) continue;
      line[column] =
        old[row] === fresh[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: string[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < fresh.length) {
    if (row < old.length && column < fresh.length && old[row] === fresh[column]) {
      row += 1;
      column += 1;
    } else if (column >= fresh.length || (row < old.length && at(row + 1, column) >= at(row, column + 1))) {
      lines.push(`-${old[row]}\n`);
      row += 1;
    } else {
      lines.push(`+${fresh[column]}\n`);
      column += 1;
    }
  }
  return lines;
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
