import { expect, test } from 'vitest';
import { crc32 } from '../../../src/iso/crc32.ts';
import { readPartitions } from '../../../src/iso/partitions.ts';
import { planHybrid } from '../../../src/iso/remaster/hybrid.ts';
import { sourceOf } from './tiny-iso.ts';

const MEBIBYTE = 1024 * 1024;
const SIZE = 4 * MEBIBYTE;
const ENTRIES = 208;
const ARRAY = 12 * 512;

/** The system area and the end of an image as debian-cd's xorriso makes them. */
function makeHybrid(): Uint8Array {
  const image = new Uint8Array(SIZE);
  const view = new DataView(image.buffer);
  image.set([0x80, 0, 1, 0, 0, 63, 32, 3], 446);
  view.setUint32(446 + 12, SIZE / 512, true);
  image.set([0, 0xfe, 0xff, 0xff, 0xef, 0xfe, 0xff, 0xff], 462);
  view.setUint32(462 + 8, 308, true);
  view.setUint32(462 + 12, 200, true);
  view.setUint16(510, 0xaa55, true);
  const copy = SIZE / 512 - 1 - (ENTRIES * 128) / 512;
  setEntry(view, ARRAY, 0, Math.floor(copy / 4) * 4 - 1);
  setEntry(view, ARRAY + 128, 308, 507);
  image.set(image.subarray(ARRAY, ARRAY + ENTRIES * 128), copy * 512);
  setHeader(image, 512, { own: 1, other: SIZE / 512 - 1, array: 12, last: copy - 1 });
  setHeader(image, SIZE - 512, { own: SIZE / 512 - 1, other: 1, array: copy, last: copy - 1 });
  return image;
}

function setEntry(view: DataView, offset: number, first: number, last: number): void {
  view.setUint32(offset, 0xebd0a0a2, true);
  view.setBigUint64(offset + 32, BigInt(first), true);
  view.setBigUint64(offset + 40, BigInt(last), true);
}

function setHeader(
  image: Uint8Array,
  offset: number,
  lba: { own: number; other: number; array: number; last: number },
): void {
  const header = image.subarray(offset, offset + 512);
  const view = new DataView(image.buffer, offset, 512);
  header.set(new TextEncoder().encode('EFI PART'));
  view.setUint32(8, 0x10000, true);
  view.setUint32(12, 92, true);
  view.setBigUint64(24, BigInt(lba.own), true);
  view.setBigUint64(32, BigInt(lba.other), true);
  view.setBigUint64(40, 64n, true);
  view.setBigUint64(48, BigInt(lba.last), true);
  view.setBigUint64(72, BigInt(lba.array), true);
  view.setUint32(80, ENTRIES, true);
  view.setUint32(84, 128, true);
  view.setUint32(88, crc32(image.subarray(ARRAY, ARRAY + ENTRIES * 128)), true);
  view.setUint32(16, crc32(header.subarray(0, 92)), true);
}

async function grow(image: Uint8Array, appended: number) {
  const patch = await planHybrid(sourceOf(image), appended);
  if (patch === undefined) return undefined;
  const grown = new Uint8Array(patch.size);
  grown.set(image);
  for (const { offset, bytes } of patch.writes) grown.set(bytes, offset);
  return grown;
}

test('partition 1 of both tables and the backup of the GPT follow the new end; the others stay', async () => {
  const image = makeHybrid();
  const before = await readPartitions(sourceOf(image));
  expect(before.problems).toEqual([]);
  const grown = (await grow(image, SIZE + 300_000)) ?? new Uint8Array();
  expect(grown.length).toBe(5 * MEBIBYTE);
  const { problems, partitions } = await readPartitions(sourceOf(grown));
  expect(problems).toEqual([]);
  expect(partitions.filter(({ number }) => number === 2)).toEqual(
    before.partitions.filter(({ number }) => number === 2),
  );
  const lengths = partitions.filter(({ number }) => number === 1).map(({ length }) => length);
  expect(lengths).toEqual([5 * MEBIBYTE, 5 * MEBIBYTE - 56 * 512]);
  // The last head, sector and cylinder, as fdisk counts them.
  expect([...grown.subarray(446, 454)]).toEqual([0x80, 0, 1, 0, 0, 63, 32, 4]);
  const backup = new DataView(grown.buffer, grown.length - 512);
  expect(backup.getBigUint64(24, true)).toBe(BigInt(grown.length / 512 - 1));
  expect(backup.getUint32(88, true)).toBe(
    crc32(grown.subarray(Number(backup.getBigUint64(72, true)) * 512, grown.length - 512)),
  );
});

test('the room for the backup is counted', async () => {
  expect((await grow(makeHybrid(), 5 * MEBIBYTE - 1000))?.length).toBe(6 * MEBIBYTE);
});

test('an image without partitions only grows', async () => {
  expect(await planHybrid(sourceOf(new Uint8Array(SIZE)), SIZE + 2048)).toEqual({
    size: SIZE + 2048,
    writes: [],
  });
});

test.each<[string, (view: DataView) => void]>([
  ['partition 1 is not the whole image', (view) => view.setUint32(446 + 12, 100, true)],
  ['partition 1 begins elsewhere', (view) => view.setUint32(446 + 8, 64, true)],
  ['the backup is not at the end', (view) => view.setBigUint64(512 + 32, 100n, true)],
  ['the entries lie elsewhere', (view) => view.setBigUint64(512 + 72, 200n, true)],
  ['there are more entries than the system area holds', (view) => view.setUint32(512 + 80, 0xffffffff, true)],
])('left to xorriso: %s', async (_what, damage) => {
  const image = makeHybrid();
  damage(new DataView(image.buffer));
  expect(await planHybrid(sourceOf(image), SIZE + 2048)).toBeUndefined();
});

test.each([
  ['an entry of the first table', ARRAY + 40, 'the GPT entries have a wrong checksum'],
  ['the first header', 512 + 40, 'the GPT header has a wrong checksum'],
  [
    'an entry of the copy',
    SIZE - 512 - ENTRIES * 128 + 40,
    "the entries of the GPT's backup have a wrong checksum",
  ],
  ['the header of the copy', SIZE - 512 + 40, "the header of the GPT's backup has a wrong checksum"],
  ['the signature of the copy', SIZE - 512, "the GPT's backup is missing"],
])('one flipped bit in %s is found', async (_what, offset, problem) => {
  const image = makeHybrid();
  expect((await readPartitions(sourceOf(image))).problems).toEqual([]);
  image[offset] = (image[offset] ?? 0) ^ 1;
  expect((await readPartitions(sourceOf(image))).problems).toContain(problem);
});

test('a copy that is whole and says something else is found', async () => {
  const image = makeHybrid();
  const view = new DataView(image.buffer);
  const copy = SIZE - 512 - ENTRIES * 128;
  view.setBigUint64(copy + 128 + 40, 600n, true);
  const header = image.subarray(SIZE - 512, SIZE - 512 + 92);
  const seal = () => {
    view.setUint32(SIZE - 512 + 88, crc32(image.subarray(copy, copy + ENTRIES * 128)), true);
    view.setUint32(SIZE - 512 + 16, 0, true);
    view.setUint32(SIZE - 512 + 16, crc32(header), true);
  };
  seal();
  expect((await readPartitions(sourceOf(image))).problems).toEqual(['the GPT and its backup differ']);
  view.setBigUint64(SIZE - 512 + 24, 7n, true);
  seal();
  const { problems } = await readPartitions(sourceOf(image));
  expect(problems).toEqual(["the GPT's backup names another place than its own"]);
});
