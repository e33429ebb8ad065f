import { closeSync, constants, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/** How much of a device must be zero before relight believes that nobody keeps anything on it. */
const BLANK_BYTES = 4 * 1024 * 1024;

/** Whether the start of a device, or of a file, holds only zeros. */
export function isBlank(path: string): boolean {
  const device = openSync(path, 'r');
  try {
    const block = Buffer.alloc(BLANK_BYTES);
    const count = readSync(device, block, 0, block.length, 0);
    return block.subarray(0, count).every((byte) => byte === 0);
  } finally {
    closeSync(device);
  }
}

/**
 * Makes a new device blank: lvcreate(8) wipes the first 4 KiB and known signatures, the rest of the extents is as the
 * volume before left it. Only for a volume that nobody has used yet. `size` in bytes.
 * @throws Error EBUSY when a mount or another program has the device for itself (O_EXCL, open(2))
 */
export function makeBlank(path: string, size: number): void {
  const device = openSync(path, constants.O_RDWR | constants.O_EXCL);
  try {
    writeSync(device, Buffer.alloc(Math.min(BLANK_BYTES, size)), 0, Math.min(BLANK_BYTES, size), 0);
    fsyncSync(device);
  } finally {
    closeSync(device);
  }
}
