import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WantedPackage } from '../../../src/plan/image-steps.ts';
import { fetchPackages, makeRepository } from '../../../src/run/bake/packages.ts';
import type { Runner } from '../../../src/run/runner.ts';
import { makeSuccess } from '../../../src/run/runner-wrappers.ts';

const BYTES = 'what a package is made of';
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
let directory = '';
let asked: string[] = [];

/** apt's downloader, for archives that are directories: it fetches what is there and ends with 100 otherwise. */
const runner: Runner = {
  run: async (request) => {
    const files = request.argv.slice(request.argv.indexOf('download-file') + 1);
    let status = 0;
    for (let at = 0; at < files.length; at += 3) {
      const [url = '', path = ''] = files.slice(at, at + 2);
      asked.push(url);
      const source = url.replace('http://mirror.example.org', directory);
      if (existsSync(source)) cpSync(source, path);
      else status = 100;
    }
    return {
      ...makeSuccess(request),
      status,
      failed: request.accept?.includes(status) !== true && status !== 0,
    };
  },
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-packages-'));
  mkdirSync(join(directory, 'cache'));
  asked = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const wanted = (urls: readonly string[]): WantedPackage => ({
  name: 'hello',
  version: '1:2.0-1',
  sha256: SHA256,
  size: BYTES.length,
  urls,
});
const fetch = (urls: readonly string[]) =>
  fetchPackages(
    {
      do: 'fetch-packages',
      cache: join(directory, 'cache'),
      vaults: [join(directory, 'vault')],
      packages: [wanted(urls)],
      proxy: undefined,
    },
    runner,
    () => undefined,
  );
const cached = () => readFileSync(join(directory, 'cache', `${SHA256}.deb`), 'utf8');
const put = (path: string, text: string) => {
  mkdirSync(join(directory, path, '..'), { recursive: true });
  writeFileSync(join(directory, path), text);
};

describe('the packages of a lock', () => {
  test('come from the archive, and not again when they are there', async () => {
    put('new/hello.deb', BYTES);
    await fetch(['http://mirror.example.org/new/hello.deb']);
    expect(cached()).toBe(BYTES);
    await fetch(['http://mirror.example.org/new/hello.deb']);
    expect(asked).toHaveLength(1);
  });

  test('come from the second archive when the first has them no more', async () => {
    put('old/hello.deb', BYTES);
    await fetch(['http://mirror.example.org/new/hello.deb', 'http://mirror.example.org/old/hello.deb']);
    expect(cached()).toBe(BYTES);
  });

  test('come from the vault before any archive is asked', async () => {
    put(`vault/objects/${SHA256.slice(0, 2)}/${SHA256}`, BYTES);
    await fetch(['http://mirror.example.org/new/hello.deb']);
    expect(cached()).toBe(BYTES);
    expect(asked).toEqual([]);
  });

  test('are not taken from a vault whose object is corrupt', async () => {
    put(`vault/objects/${SHA256.slice(0, 2)}/${SHA256}`, `${BYTES.slice(1)}x`);
    put('new/hello.deb', BYTES);
    await fetch(['http://mirror.example.org/new/hello.deb']);
    expect(asked).toHaveLength(1);
    expect(cached()).toBe(BYTES);
  });

  test('that nobody has any more are named, and the host is not ready', async () => {
    const fetching = fetch(['http://mirror.example.org/new/hello.deb']);
    await expect(fetching).rejects.toMatchObject({ code: 'RL1521', status: 4 });
    await expect(fetch([])).rejects.toThrow('hello 1:2.0-1');
  });
});

test('packages that a power cut has left with other bytes are all removed and named, and the others stay', async () => {
  const cache = join(directory, 'cache');
  const packages = ['bash', 'dash', 'less'].map((name) => {
    const sha256 = createHash('sha256').update(name).digest('hex');
    return { ...wanted([]), name, version: '1', sha256, file: join(cache, `${sha256}.deb`) };
  });
  for (const { name, file } of packages) writeFileSync(file, name === 'dash' ? name : '\0\0\0\0');
  const repository = { directory: join(directory, 'repository'), suite: 'trixie', epoch: 0 };
  await expect(
    makeRepository({ do: 'make-repository', cache, packages, ...repository }, runner),
  ).rejects.toMatchObject({ code: 'RL1522', message: expect.stringContaining('bash 1, less 1') });
  expect(packages.map(({ file }) => existsSync(file))).toEqual([false, true, false]);
});
