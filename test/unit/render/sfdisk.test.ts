import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOutRootDisk, renderSfdiskScript } from '../../../src/render/sfdisk.ts';
import { hostileText } from './samples.ts';

const MEBIBYTE = 1024 * 1024;

test('partitions start and end on a mebibyte, do not overlap, and leave room for the second table', () => {
  fc.assert(
    fc.property(fc.integer({ min: 280_000, max: 2 ** 40 }), fc.boolean(), (sectors, hasEsp) => {
      const size = sectors * 512;
      const layout = layOutRootDisk(size, hasEsp);
      const starts = [layout.biosOffset, layout.espOffset ?? layout.rootOffset, layout.rootOffset];
      const ends = [
        layout.biosOffset + layout.biosSize,
        layout.rootOffset,
        layout.rootOffset + layout.rootSize,
      ];
      for (const place of [...starts, ...ends]) expect(place % MEBIBYTE).toBe(0);
      expect(starts[0]).toBe(MEBIBYTE);
      expect(starts[1]).toBe(ends[0]);
      expect((layout.espOffset ?? layout.rootOffset) + (layout.espSize ?? 0)).toBe(layout.rootOffset);
      const left = size - (ends[2] ?? 0);
      expect(left).toBeGreaterThanOrEqual(33 * 512);
      expect(left).toBeLessThan(MEBIBYTE + 33 * 512);
    }),
  );
});

test.each([0, -512, 511, 1000, Number.NaN, Number.POSITIVE_INFINITY])(
  'a disk of %d bytes is refused',
  (size) => {
    expect(() => layOutRootDisk(size, false)).toThrow(/disk size/);
  },
);

test('a disk too small says how big it must be, and that size does', () => {
  for (const hasEsp of [false, true]) {
    const refused = () => layOutRootDisk(64 * MEBIBYTE, hasEsp);
    expect(refused).toThrow(
      expect.objectContaining({ code: 'RL0905', hint: `give it ${hasEsp ? 131 : 67}MiB or more` }),
    );
    expect(layOutRootDisk((hasEsp ? 131 : 67) * MEBIBYTE, hasEsp).rootSize).toBe(64 * MEBIBYTE);
  }
});

test('a hostile identifier is refused', () => {
  const request = { sizeBytes: 1024 ** 3, biosUuid: uuidOf(1), rootUuid: uuidOf(2), diskUuid: uuidOf(3) };
  fc.assert(
    fc.property(fc.constantFrom('biosUuid', 'rootUuid', 'diskUuid', 'espUuid'), hostileText, (name, text) => {
      expect(() => renderSfdiskScript({ ...request, [name]: text })).toThrow(/UUID/);
    }),
  );
});

function uuidOf(digit: number): string {
  return `0000000${digit}-1111-4222-8333-444444444444`;
}
