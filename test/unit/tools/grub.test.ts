import { describe, expect, test } from 'vitest';
import { embedGrub } from '../../../src/tools/grub.ts';

describe('embedGrub', () => {
  test('puts the core image behind the MBR, whatever memory the bytes come from', () => {
    const pool = Buffer.alloc(4096, 0xee);
    const boot = pool.subarray(100, 612).fill(0x11);
    const core = pool.subarray(700, 700 + 1500).fill(0x22);
    const images = embedGrub(boot, core, 2048);
    const mbr = Buffer.from(images.mbr);
    expect(mbr.length).toBe(440);
    expect(mbr.readBigUInt64LE(0x5c)).toBe(2048n);
    expect(mbr.subarray(0x66, 0x68)).toEqual(Buffer.from([0x90, 0x90]));
    expect(mbr.subarray(0, 0x5c).every((byte) => byte === 0x11)).toBe(true);
    const image = Buffer.from(images.core);
    expect(image.length).toBe(1536);
    expect(image.readBigUInt64LE(0x1f4)).toBe(2049n);
    expect(image.readUInt16LE(0x1fc)).toBe(2);
    expect(image.readUInt16LE(0x1fe)).toBe(0x820);
    // The sources are left as they were.
    expect(pool.subarray(100, 612).every((byte) => byte === 0x11)).toBe(true);
  });

  test('refuses images of impossible sizes', () => {
    expect(() => embedGrub(new Uint8Array(440), new Uint8Array(2000), 2048)).toThrow(RangeError);
    expect(() => embedGrub(new Uint8Array(512), new Uint8Array(100), 2048)).toThrow(RangeError);
    expect(() => embedGrub(new Uint8Array(512), new Uint8Array(2048 * 512), 2048)).toThrow(RangeError);
  });
});
