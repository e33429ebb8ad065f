import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Runner } from '../../../src/run/runner.ts';
import { download } from '../../../src/run/vault/download.ts';
import { fetchSuite } from '../../../src/run/vault/fetch-suite.ts';
import { openObjectStore } from '../../../src/run/vault/objects.ts';

/** An archive whose signatures are believed, and what it is asked for. */
const INDEX = gzipSync('Package: less\nVersion: 1\n');
const hash = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const PACKAGES = 'main/binary-amd64/Packages.gz';

let directory = '';
let server: Server;
let files: Map<string, Buffer | string>;
let asked: string[];
let archive = '';

function put(suite: string, release: string, inline = release) {
  files.set(`dists/${suite}/Release`, release);
  files.set(`dists/${suite}/Release.gpg`, 'signature');
  files.set(
    `dists/${suite}/InRelease`,
    `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${inline}-----BEGIN PGP SIGNATURE-----\nx\n`,
  );
}
const release = (more = '') =>
  `Codename: trixie\n${more}Components: main\nSHA256:\n ${hash(INDEX)} ${INDEX.length} ${PACKAGES}\n`;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-suite-'));
  mkdirSync(join(directory, 'work'));
  files = new Map();
  asked = [];
  server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/debian/', '');
    asked.push(path);
    const body = files.get(path);
    response.writeHead(body === undefined ? 404 : 200);
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  archive = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

const place = () => ({
  objects: openObjectStore(directory),
  proxy: undefined,
  draft: join(directory, 'work/draft'),
  signal: new AbortController().signal,
});

function fetchTrixie(status = '[GNUPG:] VALIDSIG AAAA') {
  const runner = { run: async () => ({ stdout: status, stderr: '', failed: false }) } as unknown as Runner;
  return fetchSuite({ archive, suite: 'trixie', keyring: '/keys', place: place(), runner });
}

describe('a suite’s own indices', () => {
  test('are stored as the archive has them, an index by its hash where it can be had', async () => {
    put('trixie', release());
    const byHash = `dists/trixie/main/binary-amd64/by-hash/SHA256/${hash(INDEX)}`;
    files.set(byHash, INDEX);
    const found = await fetchTrixie();
    expect(found.files.map(({ path }) => path)).toEqual([
      ...['Release', 'Release.gpg', 'InRelease', PACKAGES].map((name) => `dists/trixie/${name}`),
    ]);
    expect(found.packages).toContain('Package: less');
    expect(asked).not.toContain(`dists/trixie/${PACKAGES}`);
    for (const { sha256 } of found.files) expect(openObjectStore(directory).check(sha256)).toBe('good');
  });

  test('come from the suite’s other name, and are stored under its own, when the first is between two updates', async () => {
    put('trixie', release(), release('Date: another\n'));
    put('stable', release());
    files.set(`dists/stable/${PACKAGES}`, INDEX);
    const { files: stored } = await fetchTrixie();
    expect(stored.map(({ path }) => path)).toContain(`dists/trixie/${PACKAGES}`);
  });

  test('of another suite are not taken, whatever its name', async () => {
    put('stable', release().replace('trixie', 'forky'));
    await expect(fetchTrixie()).rejects.toThrow('Release: status 404');
  });

  test.each<[string, () => void, RegExp]>([
    [
      'the two signed files differ',
      () => put('trixie', release(), release('Date: x\n')),
      /InRelease and Release differ/,
    ],
    [
      'it ends one day',
      () => put('trixie', release('Valid-Until: Sat, 01 Jan 2028 00:00:00 UTC\n')),
      /valid until 2028/,
    ],
    [
      'an index that is listed is not there',
      () => put('trixie', release()),
      /Packages\.gz is listed and is not there/,
    ],
  ])('are refused when %s', async (_, prepare, problem) => {
    prepare();
    await expect(fetchTrixie()).rejects.toThrow(problem);
  });

  test('are refused without a good signature', async () => {
    put('trixie', release());
    await expect(fetchTrixie('[GNUPG:] BADSIG AAAA')).rejects.toThrow(
      /not signed by Debian: the signature does not fit/,
    );
  });
});

describe('a download', () => {
  const wish = () => ({ url: `${archive}/x`, sha256: hash('right'), size: 5 });

  test('has the hash that was wished for, or is no file of the store', async () => {
    files.set('x', 'wrong');
    await expect(download([wish()], place())).rejects.toThrow('another hash');
    expect(openObjectStore(directory).list()).toEqual([]);
    files.set('x', 'right, and more');
    await expect(download([wish()], place())).rejects.toThrow('larger than');
    files.set('x', 'right');
    expect(await download([wish()], place())).toBe(true);
    expect(openObjectStore(directory).list()).toEqual([hash('right')]);
  }, 30_000);

  test('that is nowhere is said at once', async () => {
    expect(await download([wish(), { ...wish(), url: `${archive}/y` }], place())).toBe(false);
    expect(asked).toEqual(['x', 'y']);
  });
});
