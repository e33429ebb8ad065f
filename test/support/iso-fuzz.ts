import { readFileSync } from 'node:fs';
import type { ByteSource } from '../../src/iso/byte-source.ts';
import { readContent } from '../../src/iso/content.ts';
import { openImage } from '../../src/iso/image.ts';
import { inspectImage } from '../../src/iso/inspect.ts';
import { checkContent } from '../../src/iso/verify.ts';
import { walkTree } from '../../src/iso/walk.ts';
import { Failure } from '../../src/report/failure.ts';

/**
 * Reads mutated images with everything that the reader has. A program of its own, so that its memory can be measured:
 * `iso-fuzz SEED COUNT IMAGE...` prints one line of JSON. Fails when anything but a Failure of the RL60xx codes is thrown.
 */
const [seed = '1', count = '100', ...files] = process.argv.slice(2);
const DEADLINE_MS = 10_000;
const METADATA = 400 * 1024;

/** mulberry32: the same mutations for the same seed. */
function makeRandom(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const INTERESTING = [0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff];

/** One to eight changes, most of them where the structures are; every fifth image is cut as well. */
function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  const copy = original.slice();
  const view = new DataView(copy.buffer);
  const reach = Math.min(copy.length, METADATA);
  for (let left = 1 + random(8); left > 0; left -= 1) {
    const structured = 16 * 2048 + random(Math.max(1, reach - 16 * 2048));
    const offset = Math.min(random(8) === 0 ? random(copy.length) : structured, copy.length - 8);
    const how = random(5);
    if (how === 0) copy[offset] = random(256);
    else if (how === 1) copy[offset] = INTERESTING[random(INTERESTING.length)] ?? 0;
    else if (how === 2) view.setUint32(offset, random(copy.length / 2048 + 4), true);
    else if (how === 3) view.setUint32(offset, 0xffffffff - random(4096), true);
    else copy.copyWithin(offset, random(reach), Math.min(copy.length, random(reach) + 64));
  }
  return random(5) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}

function makeSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
  };
}

async function exercise(bytes: Uint8Array): Promise<void> {
  const source = makeSource(bytes);
  await inspectImage(source);
  const image = await openImage(source);
  await checkContent(image);
  for (const tree of image.trees) {
    for await (const entry of walkTree(image, tree)) {
      for await (const chunk of readContent(image, entry))
        if (chunk.length > bytes.length) throw new Error('too long');
    }
  }
}

const outcomes: Record<string, number> = {};
let slowest = 0;
for (const file of files) {
  const original = new Uint8Array(readFileSync(file));
  const random = makeRandom(Number(seed) + file.length);
  for (let index = 0; index < Number(count); index += 1) {
    const mutated = index === 0 ? original : mutate(original, random);
    const started = performance.now();
    let outcome = 'read';
    try {
      await exercise(mutated);
    } catch (error) {
      if (!(error instanceof Failure) || !/^RL60\d\d$/.test(error.code)) {
        console.error(`${file}, seed ${seed}, mutation ${index}`);
        throw error;
      }
      outcome = error.code;
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const took = performance.now() - started;
    slowest = Math.max(slowest, took);
    if (took > DEADLINE_MS) throw new Error(`${file}, seed ${seed}, mutation ${index} took ${took} ms`);
  }
}
console.log(
  JSON.stringify({ outcomes, slowest: Math.round(slowest), maxRssKiB: process.resourceUsage().maxRSS }),
);
