import { describe, expect, test } from 'vitest';
import { addEntry, EMPTY_INDEX, parseIndex, serialiseIndex } from '../../../src/image/index-file.ts';
import { parseImageName, parseManifestName, storeLayout } from '../../../src/image/layout.ts';
import { hashManifest, parseManifest, serialiseManifest } from '../../../src/image/manifest.ts';
import { makeManifest } from './samples.ts';

const manifest = makeManifest([Buffer.alloc(8192, 1), Buffer.alloc(4096, 2)]);

describe('a manifest', () => {
  test('reads back what was written, and its text is its identity', () => {
    const text = serialiseManifest(manifest);
    expect(parseManifest(text, 'x')).toEqual(manifest);
    expect(hashManifest(serialiseManifest({ ...manifest }))).toBe(hashManifest(text));
  });

  const first = manifest.chunks[0] as (typeof manifest.chunks)[0];
  const wrong: [string, object, RegExp][] = [
    ['another format', { format: 2 }, /format 1/],
    ['an unknown key', { clock: 1 }, /clock/i],
    ['a name with a slash', { name: '../x' }, /RL1501|no image manifest/],
    ['a chunk that does not fill its blocks', { chunks: [{ ...first, size: 4096 }] }, /does not fill/],
    ['chunks that do not add up', { chunks: [first] }, /add up/],
    [
      'a block that is written twice',
      { filesystem: { ...manifest.filesystem, zeroRuns: [[2, 1]] } },
      /twice/,
    ],
    ['a block outside', { filesystem: { ...manifest.filesystem, zeroRuns: [[15, 2]] } }, /outside/],
    ['a filesystem of half a block', { filesystem: { ...manifest.filesystem, size: 5000 } }, /whole number/],
  ];
  test.each(wrong)('is refused with %s', (_what, change, message) => {
    const text = JSON.stringify({ ...manifest, ...change });
    expect(() => parseManifest(text, 'x')).toThrow(message);
  });

  test('is refused when it is no JSON', () => {
    expect(() => parseManifest('{', 'the file')).toThrow('the file is no image manifest');
  });
});

describe('the index', () => {
  const entry = (name: string, digit: string) => ({
    name,
    manifest: digit.repeat(64),
    added: '2026-01-01T00:00:00.000Z',
  });

  test('lists the newest of a name first, keeps two, and lists the same manifest once', () => {
    let index = EMPTY_INDEX;
    for (const digit of ['1', '2', '3', '2']) index = addEntry(index, entry('base', digit));
    index = addEntry(index, entry('a', '9'));
    const short = index.images.map((each) => `${each.name} ${each.manifest[0]}`);
    expect(short).toEqual(['a 9', 'base 2', 'base 3']);
    expect(parseIndex(serialiseIndex(index), 'x')).toEqual(index);
  });

  test('is refused when it is something else', () => {
    expect(() => parseIndex('{"format":2,"images":[]}', 'the index')).toThrow(/no index/);
  });
});

describe('names in a store', () => {
  test('lead to one place and back', () => {
    const hash = hashManifest('x');
    const path = storeLayout.manifest('base', hash);
    expect(parseManifestName(path.slice('manifests/'.length))).toEqual({ name: 'base', hash });
    expect(storeLayout.chunk(hash)).toBe(`chunks/${hash.slice(0, 2)}/${hash}.zst`);
  });

  test('of images are a name, or a name with a hash', () => {
    expect(parseImageName('base')).toEqual({ name: 'base', hash: undefined });
    expect(parseImageName('base@0123abcd')).toEqual({ name: 'base', hash: '0123abcd' });
    for (const bad of ['Base', 'base@', 'base@12', '../base', 'base@xyzxyzxyz'])
      expect(parseImageName(bad)).toBeUndefined();
  });
});
