/**
 * The program of a thread that writes unpacked chunks to their places: it takes the next one of the list that nobody has
 * taken, reads it, compares its hash, writes it. One thread does all of it with one chunk, so that its bytes are copied
 * only by the kernel. As a text, since the bundle is one file. It answers with the size of what it wrote, or with the
 * number of a chunk that has no right copy.
 */
export const UNPACKED_WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { closeSync, constants, openSync, readSync, writeSync } = require('node:fs');
const { chunks, device, offset, blockSize, taken, largest } = workerData;
const buffer = Buffer.allocUnsafeSlow(largest + 1);

function read(path) {
  let file;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    let filled = 0;
    for (;;) {
      const count = readSync(file, buffer, filled, buffer.length - filled, null);
      filled += count;
      if (count === 0 || filled === buffer.length) return buffer.subarray(0, filled);
    }
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function write(bytes, position) {
  for (let done = 0; done < bytes.length; )
    done += writeSync(device, bytes, done, bytes.length - done, position + done);
}

for (let index = Atomics.add(taken, 0, 1); index < chunks.length; index = Atomics.add(taken, 0, 1)) {
  const { path, id, size, runs } = chunks[index];
  const bytes = read(path);
  if (bytes?.length !== size || createHash('sha256').update(bytes).digest('hex') !== id) {
    parentPort.postMessage({ bad: index });
    continue;
  }
  let at = 0;
  for (const [start, count] of runs) {
    write(bytes.subarray(at, at + count * blockSize), offset + start * blockSize);
    at += count * blockSize;
  }
  parentPort.postMessage({ written: size });
}
`;
