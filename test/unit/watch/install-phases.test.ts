import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readProgress } from '../../../src/watch/install-phases.ts';

const WHOLE_SECONDS = 8006;
const looks = readFileSync(new URL('../../captured/install-times.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => /^(\d+) (.*)$/.exec(line) ?? [])
  .map(([, seconds = '', line = '']) => ({ seconds: Number(seconds), progress: readProgress(line) }));

test('at each moment of a recorded installation the percentage is that of its time', () => {
  expect(looks.length).toBeGreaterThan(40);
  const wrong = looks.filter(
    ({ seconds, progress }) => Math.abs((progress?.percent ?? -100) - (100 * seconds) / WHOLE_SECONDS) > 4,
  );
  expect(wrong).toEqual([]);
});

test('the percentage never falls, and no step takes the share of the next', () => {
  const percents = looks.map(({ progress }) => progress?.percent ?? -1);
  expect(percents).toEqual([...percents].sort((a, b) => a - b));
  expect(readProgress('Configuring apt  ... 100%')?.percent).toBe(
    readProgress('Select and install software  ... 0%')?.percent,
  );
});

test.each([0, 1, 99, 100, 250])('a step at %s percent stays within its part', (own) => {
  for (const title of ['Installing the base system', 'Finishing the installation', 'Configuring apt']) {
    const percent = readProgress(`${title}  ... ${own}%`)?.percent ?? -1;
    expect(percent).toBeGreaterThanOrEqual(readProgress(`${title}  ... 0%`)?.percent ?? 100);
    expect(percent).toBeLessThanOrEqual(readProgress(`${title}  ... 100%`)?.percent ?? 0);
  }
});
