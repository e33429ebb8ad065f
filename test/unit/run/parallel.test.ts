import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { mapInParallel } from '../../../src/run/parallel.ts';

const numbers = Array.from({ length: 60 }, (_, index) => index);

describe('mapInParallel', () => {
  test('gives the results in the order of the items, and works on some at a time', async () => {
    let most = 0;
    let now = 0;
    const results = await mapInParallel(numbers, 6, async (number) => {
      most = Math.max(most, ++now);
      await sleep(number % 3);
      now -= 1;
      return number * 2;
    });
    expect(results).toEqual(numbers.map((number) => number * 2));
    expect(most).toBe(6);
  });

  test('begins nothing after an error, which comes out when the rest has ended', async () => {
    const begun: number[] = [];
    let running = 0;
    const work = mapInParallel(numbers, 6, async (number) => {
      begun.push(number);
      running += 1;
      await sleep(number === 2 ? 1 : 20);
      running -= 1;
      if (number === 2) throw new Error('the mirror has died');
      return number;
    });
    await expect(work).rejects.toThrow('the mirror has died');
    expect(running).toBe(0);
    expect(begun).toHaveLength(6);
  });
});
