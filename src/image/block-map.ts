import type { BlockRun } from './manifest.ts';

/** Runs of zero blocks shorter than this are data: so that a chunk does not break into crumbs. 64 KiB. */
const SHORTEST_ZERO_RUN = 16;

/** The runs between the given ones: what is in use where `free` is not. Ascending. */
export function invertRuns(free: readonly BlockRun[], blocks: number): BlockRun[] {
  const used: BlockRun[] = [];
  let next = 0;
  for (const [start, count] of free) {
    if (start > next) used.push([next, start - next]);
    next = Math.max(next, start + count);
  }
  if (next < blocks) used.push([next, blocks - next]);
  return used;
}

/** Cuts runs at multiples of `blocks` and hands back what lies in each window, by the window's number. */
export function cutIntoWindows(runs: readonly BlockRun[], blocks: number): Map<number, BlockRun[]> {
  const windows = new Map<number, BlockRun[]>();
  for (const [first, count] of runs) {
    for (let start = first; start < first + count; ) {
      const window = Math.floor(start / blocks);
      const end = Math.min((window + 1) * blocks, first + count);
      windows.set(window, [...(windows.get(window) ?? []), [start, end - start]]);
      start = end;
    }
  }
  return windows;
}

/** Splits a run in use into what holds data and what is zero. `isZero` is asked once for each block, in order. */
export function splitZeros(
  [first, count]: BlockRun,
  isZero: (block: number) => boolean,
): { data: BlockRun[]; zero: BlockRun[] } {
  const data: BlockRun[] = [];
  const zero: BlockRun[] = [];
  const end = first + count;
  let dataStart = first;
  let block = first;
  while (block < end) {
    if (!isZero(block)) {
      block += 1;
      continue;
    }
    const zeroStart = block;
    block += 1;
    while (block < end && isZero(block)) block += 1;
    const isWhole = zeroStart === first && block === end;
    if (block - zeroStart < SHORTEST_ZERO_RUN && !isWhole) continue;
    if (zeroStart > dataStart) data.push([dataStart, zeroStart - dataStart]);
    zero.push([zeroStart, block - zeroStart]);
    dataStart = block;
  }
  if (end > dataStart) data.push([dataStart, end - dataStart]);
  return { data, zero };
}

/** Joins runs that follow each other without a gap. */
export function joinRuns(runs: readonly BlockRun[]): BlockRun[] {
  const joined: BlockRun[] = [];
  for (const [start, count] of runs) {
    const last = joined.at(-1);
    if (last !== undefined && last[0] + last[1] === start)
      joined[joined.length - 1] = [last[0], last[1] + count];
    else joined.push([start, count]);
  }
  return joined;
}
