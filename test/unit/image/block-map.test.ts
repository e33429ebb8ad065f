import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutIntoWindows, invertRuns, joinRuns, splitZeros } from '../../../src/image/block-map.ts';

const BLOCKS = 200;
const expand = (runs: readonly (readonly [number, number])[]) =>
  runs.flatMap(([start, count]) => Array.from({ length: count }, (_, index) => start + index));

describe('runs of blocks', () => {
  test('inverted twice are what they were', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(BLOCKS - 1)), (blocks) => {
        const free = joinRuns([...blocks].sort((a, b) => a - b).map((block) => [block, 1] as const));
        const used = invertRuns(free, BLOCKS);
        expect([...expand(free), ...expand(used)].sort((a, b) => a - b)).toEqual(expand([[0, BLOCKS]]));
        expect(invertRuns(used, BLOCKS)).toEqual(free);
      }),
    );
  });

  test('cut into windows lose nothing and cross no border', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.nat(100),
        fc.integer({ min: 1, max: 99 }),
        (size, start, count) => {
          const windows = cutIntoWindows([[start, count]], size);
          expect([...windows.values()].flatMap(expand)).toEqual(expand([[start, count]]));
          for (const [window, runs] of windows) {
            expect(new Set(expand(runs).map((block) => Math.floor(block / size)))).toEqual(new Set([window]));
          }
        },
      ),
    );
  });

  test('split into data and zeros lose nothing, and what is called zero is zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: BLOCKS }),
        fc.nat(1000),
        (zeros, first) => {
          const isZero = (block: number) => zeros[block - first] === true;
          const { data, zero } = splitZeros([first, zeros.length], isZero);
          expect([...expand(data), ...expand(zero)].sort((a, b) => a - b)).toEqual(
            expand([[first, zeros.length]]),
          );
          expect(expand(zero).every(isZero)).toBe(true);
        },
      ),
    );
  });
});
