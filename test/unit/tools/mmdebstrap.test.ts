import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MmdebstrapProgress } from '../../../src/tools/mmdebstrap.ts';

const output = readFileSync('test/captured/mmdebstrap-1.3.5-verbose-trixie.txt', 'utf8');

function readAll(text: string) {
  const reader = new MmdebstrapProgress();
  return text.split('\n').flatMap((line) => reader.read(line) ?? []);
}

describe('progress of mmdebstrap', () => {
  const seen = readAll(output);

  test('never goes back and reaches the end', () => {
    const percents = seen.map((each) => each.percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
  });

  test('moves on in small steps while packages are installed', () => {
    const percents = seen.map((each) => each.percent).filter((percent) => percent >= 40 && percent <= 88);
    const steps = percents.slice(1).map((percent, index) => percent - (percents[index] ?? 0));
    expect(percents.length).toBeGreaterThan(150);
    expect(Math.max(...steps)).toBeLessThanOrEqual(2);
    expect(percents[0]).toBe(40);
    expect(percents.at(-1)).toBe(88);
  });

  test('names the package, and the initramfs, which takes long', () => {
    const what = seen.map((each) => each.what);
    expect(what).toContain('unpacking linux-base');
    expect(what).toContain('setting up linux-base');
    expect(what).toContain('making the initramfs');
  });

  test('says nothing for a line that it does not know', () => {
    expect(readAll('Setting up something\nnoise\n')).toEqual([]);
  });
});
