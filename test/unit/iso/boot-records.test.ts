import { describe, expect, test } from 'vitest';
import { checkBootInfo } from '../../../src/iso/boot-info.ts';
import { crc32 } from '../../../src/iso/crc32.ts';
import { findCompression, parseKernel } from '../../../src/iso/kernel.ts';
import { formatManifest, type ImageManifest, parseManifest } from '../../../src/iso/manifest.ts';
import { readPartitions } from '../../../src/iso/partitions.ts';
import { makeKernelHead } from '../../support/iso-samples.ts';
import { sourceOf } from './tiny-iso.ts';

test('CRC-32 of the usual check value', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

describe('the boot info table', () => {
  const makeImage = () => {
    const content = new Uint8Array(102);
    const view = new DataView(content.buffer);
    view.setUint32(8, 16, true);
    view.setUint32(12, 77, true);
    view.setUint32(16, content.length, true);
    view.setUint32(64, 0xfffffffe, true);
    view.setUint32(68, 5, true);
    content[100] = 9;
    view.setUint32(20, 0xfffffffe + 5 + 9 - 2 ** 32, true);
    return content;
  };

  test('is valid when place, length and sum are its own', () => {
    expect(checkBootInfo(makeImage(), 77)).toBe('valid');
  });

  test.each([
    ['another place', (content: Uint8Array) => content, 78],
    ['another byte', (content: Uint8Array) => content.with(90, 1), 77],
  ])('is stale with %s', (_what, change, block) => {
    expect(checkBootInfo(change(makeImage()), block)).toBe('stale');
  });

  test('is not there in other images', () => {
    expect(checkBootInfo(new Uint8Array(4096), 77)).toBe('none');
    expect(checkBootInfo(new Uint8Array(10), 77)).toBe('none');
  });
});

describe('kernels', () => {
  test('version and compression of a bzImage', () => {
    expect(parseKernel(makeKernelHead('6.12.43+deb13-amd64'))).toEqual({
      version: '6.12.43+deb13-amd64',
      compression: 'zstd',
    });
  });

  test('anything else is no kernel', () => {
    expect(parseKernel(new Uint8Array(64 * 1024))).toBeUndefined();
    expect(parseKernel(new Uint8Array(3))).toBeUndefined();
  });

  test('compressions by their first bytes', () => {
    expect(findCompression(Uint8Array.of(0x1f, 0x8b, 8))).toBe('gzip');
    expect(findCompression(new TextEncoder().encode('070701'))).toBe('none');
    expect(findCompression(Uint8Array.of(1, 2, 3))).toBe('unknown');
  });
});

describe('partition tables', () => {
  const area = () => new Uint8Array(64 * 1024);

  test('none in an empty system area', async () => {
    expect(await readPartitions(sourceOf(area()))).toEqual({
      hasBootCode: false,
      isohybridSector: undefined,
      partitions: [],
      problems: [],
    });
  });

  test('an MBR partition that ends after the image is a problem', async () => {
    const bytes = area();
    bytes.set([0x55, 0xaa], 510);
    bytes.set([0x80, 0, 0, 0, 0x17, 0, 0, 0, 0, 0, 0, 0, 129, 0, 0, 0], 446);
    const { partitions, problems } = await readPartitions(sourceOf(bytes));
    expect(partitions).toEqual([
      { table: 'mbr', number: 1, start: 0, length: 129 * 512, type: '17', isActive: true },
    ]);
    expect(problems).toEqual(['mbr partition 1 ends after the image']);
  });

  test('a GPT whose header was changed is named as such', async () => {
    const bytes = area();
    bytes.set(new TextEncoder().encode('EFI PART'), 512);
    bytes[512 + 12] = 92;
    expect((await readPartitions(sourceOf(bytes))).problems).toEqual(['the GPT header has a wrong checksum']);
  });
});

test('a manifest reads back; a foreign or newer one does not', () => {
  const manifest: ImageManifest = {
    version: 1,
    relight: '0.1.0',
    guest: 'web1',
    erases: '/dev/xvda',
    specSha256: 'a'.repeat(64),
    preseedSha256: 'b'.repeat(64),
    initrdFiles: ['/preseed.cfg'],
    imageFiles: ['/relight/overlay.cpio'],
  };
  expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
  expect(parseManifest(formatManifest({ ...manifest, version: 2 as 1 }))).toBeUndefined();
  for (const text of ['', 'null', '[]', '{"version":1}', 'x']) expect(parseManifest(text)).toBeUndefined();
});
