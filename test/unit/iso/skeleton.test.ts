import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findSkeleton } from '../../../src/iso/remaster/skeleton.ts';

const HEAD = 65_536;
const MEBIBYTE = 1024 * 1024;

test('the content of files is left out, whole blocks at a time', () => {
  const image = { size: MEBIBYTE, volumeBytes: MEBIBYTE };
  const found = findSkeleton(image, [
    { block: 100, length: 5000 },
    { block: 40, length: 2048 },
    { block: 41, length: 1 },
  ]);
  expect(found).toEqual([
    { start: 0, end: HEAD },
    { start: HEAD, end: 40 * 2048 },
    { start: 42 * 2048, end: 100 * 2048 },
    { start: 103 * 2048, end: MEBIBYTE },
  ]);
});

test('what xorriso writes over stays in, whatever claims to lie there', () => {
  const image = { size: MEBIBYTE, volumeBytes: MEBIBYTE - 100 };
  expect(findSkeleton(image, [{ block: 0, length: MEBIBYTE }])).toEqual([
    { start: 0, end: HEAD },
    { start: MEBIBYTE - HEAD, end: MEBIBYTE },
  ]);
});

test('the ranges are in order and apart, and hold every byte that is in no file', () => {
  const blocks = fc.integer({ min: 0, max: 300 });
  const extent = fc.record({ block: blocks, length: fc.integer({ min: 1, max: 300_000 }) });
  const volume = fc.integer({ min: 0, max: 2 * MEBIBYTE });
  fc.assert(
    fc.property(
      fc.array(extent),
      fc.integer({ min: 1, max: MEBIBYTE }),
      volume,
      (contents, size, volumeBytes) => {
        let end = 0;
        const inside = new Uint8Array(size);
        for (const range of findSkeleton({ size, volumeBytes }, contents)) {
          expect(range.start).toBeGreaterThanOrEqual(end);
          expect(range.end).toBeGreaterThan(range.start);
          end = range.end;
          inside.fill(1, range.start, range.end);
        }
        expect(end).toBeLessThanOrEqual(size);
        for (const { block, length } of contents)
          inside.fill(1, block * 2048, Math.ceil((block * 2048 + length) / 2048) * 2048);
        expect(inside.indexOf(0)).toBe(-1);
      },
    ),
    { numRuns: 100 },
  );
});
