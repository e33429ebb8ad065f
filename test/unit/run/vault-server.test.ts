import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openObjectStore } from '../../../src/run/vault/objects.ts';
import { type ArchiveServer, findServingPort, serveArchive } from '../../../src/run/vault/server.ts';

const TEXT = '0123456789';
const sha256 = createHash('sha256').update(TEXT).digest('hex');
const INDEX = 'dists/trixie/main/binary-amd64/Packages.xz';
const PACKAGE = 'pool/main/l/less_1_amd64.deb';

let directory = '';
let object = '';
let server: ArchiveServer;
let refused: string[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-server-'));
  const objects = openObjectStore(directory);
  object = objects.path(sha256);
  mkdirSync(dirname(object), { recursive: true });
  writeFileSync(object, TEXT);
  refused = [];
  const files = [INDEX, PACKAGE].map((path) => ({ path, sha256, size: TEXT.length }));
  server = await serveArchive({
    ...{ objects, files, address: '127.0.0.1', port: 0 },
    refused: (path, why) => refused.push(`${path}: ${why}`),
  });
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

function ask(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const where = { host: '127.0.0.1', port: server.port, path, agent: false as const, ...options };
      const request = requestHttp(where, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        );
      });
      request.on('error', reject);
      request.end();
    },
  );
}

test('a stored file is served whole, under its name and under its hash', async () => {
  for (const path of [PACKAGE, INDEX, `dists/trixie/main/binary-amd64/by-hash/SHA256/${sha256}`]) {
    const { status, body, headers } = await ask(`/debian/${path}`);
    expect([status, body, headers['content-length'], headers.etag]).toEqual([200, TEXT, '10', `"${sha256}"`]);
  }
  expect(refused).toEqual([]);
});

test('HEAD has the length and no body', async () => {
  const { status, body, headers } = await ask(`/debian/${PACKAGE}`, { method: 'HEAD' });
  expect([status, body, headers['content-length']]).toEqual([200, '', '10']);
});

test('a part is served, unless the file is another one by now', async () => {
  const part = await ask(`/debian/${PACKAGE}`, { headers: { range: 'bytes=4-' } });
  expect([part.status, part.body, part.headers['content-range']]).toEqual([206, '456789', 'bytes 4-9/10']);
  const first = await ask(`/debian/${PACKAGE}`, { headers: { range: 'bytes=0-0' }, method: 'HEAD' });
  expect([first.status, first.body, first.headers['content-length']]).toEqual([206, '', '1']);
  const same = await ask(`/debian/${PACKAGE}`, { headers: { range: 'bytes=8-', 'if-range': `"${sha256}"` } });
  expect([same.status, same.body]).toEqual([206, '89']);
  const other = await ask(`/debian/${PACKAGE}`, {
    headers: { range: 'bytes=8-', 'if-range': 'Sat, 01 Jan 2028 00:00:00 GMT' },
  });
  expect([other.status, other.body]).toEqual([200, TEXT]);
  const beyond = await ask(`/debian/${PACKAGE}`, { headers: { range: 'bytes=10-' } });
  expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */10']);
});

test.each([
  '/debian/pool/other.deb',
  '/debian/../../etc/passwd',
  '/debian/%2e%2e/key/private.pem',
  `/debian/objects/${sha256.slice(0, 2)}/${sha256}`,
  '/key/private.pem',
  '/',
])('nothing else is served: %s', async (path) => {
  expect(await ask(path)).toMatchObject({ status: 404, body: '' });
  expect(refused).toHaveLength(1);
});

test('nothing is written', async () => {
  for (const method of ['PUT', 'POST', 'DELETE']) {
    const { status, headers } = await ask(`/debian/${PACKAGE}`, { method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  }
});

test('a file that changes is never served, also after it was', async () => {
  expect((await ask(`/debian/${PACKAGE}`)).status).toBe(200);
  appendFileSync(object, 'x');
  expect((await ask(`/debian/${PACKAGE}`)).status).toBe(500);
  writeFileSync(object, 'x123456789');
  expect((await ask(`/debian/${PACKAGE}`)).status).toBe(500);
  unlinkSync(object);
  expect((await ask(`/debian/${PACKAGE}`)).status).toBe(404);
  expect(refused).toEqual([
    `${PACKAGE}: it is corrupt`,
    `${PACKAGE}: it is corrupt`,
    `${PACKAGE}: it is missing`,
  ]);
});

test('an end cuts a connection that waits, and a port that is taken is named', async () => {
  const idle = connect(server.port, '127.0.0.1');
  await new Promise((done) => idle.once('connect', done));
  const closed = new Promise((done) => idle.once('close', done));
  const objects = openObjectStore(directory);
  const again = { objects, files: [], address: '127.0.0.1', port: server.port };
  await expect(serveArchive(again)).rejects.toMatchObject({ code: 'RL1613', status: 4 });
  await server.close();
  await closed;
  const second = await serveArchive(again);
  await second.close();
  await expect(findServingPort('192.0.2.1')).rejects.toMatchObject({ code: 'RL1613' });
});

test('where the guest has an address of its own, nobody else is answered', async () => {
  const request = {
    objects: openObjectStore(directory),
    files: [{ path: PACKAGE, sha256, size: TEXT.length }],
  };
  const askOf = async (client: string) => {
    const own = await serveArchive({ ...request, address: '127.0.0.1', port: 0, client });
    try {
      const answer = await fetch(`http://127.0.0.1:${own.port}/debian/${PACKAGE}`);
      return await answer.text();
    } finally {
      await own.close();
    }
  };
  expect(await askOf('127.0.0.1')).toBe(TEXT);
  await expect(askOf('192.0.2.10')).rejects.toThrow('fetch failed');
});
