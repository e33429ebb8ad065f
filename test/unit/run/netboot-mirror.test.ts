import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { NetbootFacts } from '../../../src/host/netboot.ts';
import { findComponentSuite, findMissingComponents } from '../../../src/run/netboot/check-udebs.ts';
import { ask } from '../../../src/run/netboot/http.ts';

const NETBOOT: NetbootFacts = {
  ...{ kernel: '/linux', initrd: '/initrd.gz', kernelVersion: '6.12', prefix: 'usr/' },
  ...{ installed: [], statusText: '', completion: undefined },
};
const INDEX = [
  'Package: netcfg\nVersion: 1\nPriority: standard\nFilename: pool/netcfg.udeb\n',
  'Package: partman-ext3\nVersion: 1\nPriority: standard\nDepends: ext4-modules\nFilename: pool/partman.udeb\n',
].join('\n');
const GZ = gzipSync(INDEX);
const XZ = Buffer.from('stands for the same in xz');
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const release = (codename: string, ...listed: readonly Buffer[]) =>
  `Codename: ${codename}\nSHA256:\n${listed.map((bytes) => ` ${hash(bytes)} 1 x\n`).join('')}`;
const PATH = 'main/debian-installer/binary-amd64/Packages';

let server: Server | undefined;
afterEach(() => server?.close());

/** A mirror with these files; what is not among them is 404. */
function serve(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  return listen((request, response) => {
    const body = files[(request.url ?? '').replace('/debian/', '')];
    response.writeHead(body === undefined ? 404 : 200);
    response.end(body);
  });
}

async function listen(answer: RequestListener): Promise<string> {
  const running = createServer(answer);
  server = running;
  await new Promise<void>((resolve) => {
    running.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(running.address() as AddressInfo).port}/debian/`;
}

const suite = (name: string, text: string) => ({
  [`dists/${name}/Release`]: text,
  [`dists/${name}/${PATH}.xz`]: XZ,
  [`dists/${name}/${PATH}.gz`]: GZ,
});

test('what the mirror cannot give is named: lost files, and modules of another kernel', async () => {
  const url = await serve({ ...suite('trixie', release('trixie', XZ, GZ)), 'pool/netcfg.udeb': 'x' });
  const missing = await findMissingComponents(NETBOOT, url, 'trixie', undefined);
  expect(missing.lost.map(({ name }) => name)).toEqual(['partman-ext3']);
  expect(missing).toMatchObject({ unmet: ['ext4-modules'], foreignKernel: true, suite: 'trixie' });
});

test('a cache is asked for the first byte: its answer about a head may be true of no mirror, and not even HTTP', async () => {
  const files: Record<string, string | Buffer> = suite('trixie', release('trixie', XZ, GZ));
  const asked: string[] = [];
  const url = await listen((request, response) => {
    const path = (request.url ?? '').replace('/debian/', '');
    if (path.startsWith('pool/')) asked.push(`${request.method} ${path} ${request.headers.range}`);
    if (path === 'pool/netcfg.udeb') response.writeHead(206, { 'Content-Range': 'bytes 0-0/9' }).end('x');
    else response.writeHead(files[path] === undefined ? 404 : 200).end(files[path]);
  });
  const missing = await findMissingComponents(NETBOOT, url, 'trixie', undefined);
  expect(missing.lost.map(({ name }) => name)).toEqual(['partman-ext3']);
  expect(asked.sort()).toEqual(['GET pool/netcfg.udeb bytes=0-0', 'GET pool/partman.udeb bytes=0-0']);
});

test.each([
  ['hangs up', (response: ServerResponse) => response.destroy(), /socket hang up/],
  ['is overloaded', (response: ServerResponse) => response.writeHead(503).end(), /status 503/],
])('a mirror that %s has not said that it lacks anything', async (_, answer, problem) => {
  const files: Record<string, string | Buffer> = suite('trixie', release('trixie', XZ, GZ));
  const url = await listen((request, response) => {
    const body = files[(request.url ?? '').replace('/debian/', '')];
    if (body === undefined) answer(response);
    else response.writeHead(200).end(body);
  });
  await expect(findMissingComponents(NETBOOT, url, 'trixie', undefined)).rejects.toMatchObject({
    ...{ code: 'RL1205', status: 4, message: expect.stringMatching(problem) },
  });
});

test('an index that its Release does not name is passed by, when the suite is whole under its other name', async () => {
  const url = await serve({
    ...suite('trixie', release('trixie', Buffer.from('newer'))),
    ...suite('stable', release('trixie', XZ, GZ)),
  });
  expect((await findMissingComponents(NETBOOT, url, 'trixie', undefined)).suite).toBe('stable');
  expect(await findComponentSuite(url, 'trixie', undefined)).toBe('stable');
});

test('the other name may mean another suite by now: it is refused', async () => {
  const url = await serve({
    ...suite('trixie', release('trixie', Buffer.from('newer'))),
    ...suite('stable', release('forky', XZ, GZ)),
  });
  await expect(findMissingComponents(NETBOOT, url, 'trixie', undefined)).rejects.toMatchObject({
    ...{ code: 'RL1205', status: 4 },
    message: expect.stringContaining('it is not the one that Release names'),
  });
});

test('a mirror without an installer, and one that is not there, are refused with the address', async () => {
  const url = await serve({});
  await expect(findMissingComponents(NETBOOT, url, 'trixie', undefined)).rejects.toThrow(/Packages.*404/);
  server?.close();
  const gone = findMissingComponents(NETBOOT, 'http://127.0.0.1:1/debian', 'trixie', undefined);
  await expect(gone).rejects.toThrow(/ECONNREFUSED/);
});

test('a page without end is cut off, and a proxy is asked for the whole address', async () => {
  const address = 'http://mirror.example.org/x';
  const url = await serve({ large: Buffer.alloc(4096), [address]: 'far' });
  await expect(ask(`${url}large`, undefined, 1024)).rejects.toThrow(/larger than 1024 bytes/);
  const answer = await ask(address, url.replace('/debian/', ''), 1024);
  expect(answer.body.toString()).toBe('far');
});
