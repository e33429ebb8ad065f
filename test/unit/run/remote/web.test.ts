import { createReadStream, existsSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDirectoryRemote } from '../../../../src/run/remote/directory.ts';
import { makeSender } from '../../../../src/run/remote/http.ts';
import { openWebRemote } from '../../../../src/run/remote/web.ts';
import { makeWorld, manifest } from './support.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

let world: ReturnType<typeof makeWorld>;
let server: Server;
let trouble: Handler | undefined;
let requests: { path: string; range: string | undefined }[];
let url = '';

/** A plain file server with ranges, in front of which a test puts its trouble. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const path = join(world.directory, 'shared', request.url ?? '');
  const { range } = request.headers;
  requests.push({ path: request.url ?? '', range });
  const plain = () => {
    if (!existsSync(path)) return void response.writeHead(404).end();
    const { size } = statSync(path);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (start >= size) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    const rest: Record<string, string> =
      start === 0 ? {} : { 'content-range': `bytes ${start}-${size - 1}/${size}` };
    response.writeHead(start === 0 ? 200 : 206, { 'content-length': size - start, ...rest });
    createReadStream(path, { start }).pipe(response);
  };
  if (trouble === undefined) plain();
  else trouble(request, response, plain);
}

beforeEach(async () => {
  world = makeWorld();
  await world.fill();
  await world.push(openDirectoryRemote(join(world.directory, 'shared')));
  trouble = undefined;
  requests = [];
  server = createServer(serve);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(world.directory, { recursive: true, force: true });
});

const open = (signal = new AbortController().signal) =>
  openWebRemote(url, makeSender({ signal, environment: {} }));
const remote = () => open();
const isChunk = (request: IncomingMessage) => request.url?.startsWith('/chunks/') === true;

describe('images by a web server', () => {
  test('are pulled whole', async () => {
    expect(await world.pull(remote())).toMatchObject({ name: 'base', moved: 3 });
    expect(await world.open('target').verify(manifest)).toEqual([]);
  });

  test('a transfer that is cut off is gone on with by a range, and ends well', async () => {
    const cut = new Set<string>();
    trouble = (request, response, next) => {
      if (!isChunk(request) || cut.has(request.url ?? '')) return next();
      cut.add(request.url ?? '');
      const path = join(world.directory, 'shared', request.url ?? '');
      response.writeHead(200, { 'content-length': statSync(path).size });
      createReadStream(path, { end: 1999 })
        .on('data', (bytes) => response.write(bytes))
        .on('end', () => {
          setTimeout(() => response.destroy(), 50);
        });
    };
    expect((await world.pull(remote())).moved).toBe(3);
    expect(requests.filter(({ range }) => range === 'bytes=2000-')).toHaveLength(3);
  });

  test('a server that always cuts off is given up; a later pull goes on from there', async () => {
    trouble = (request, response, next) => {
      if (!isChunk(request)) return next();
      const path = join(world.directory, 'shared', request.url ?? '');
      response.writeHead(200, { 'content-length': statSync(path).size });
      response.write(Buffer.alloc(0));
      createReadStream(path, { end: 999 })
        .on('data', (bytes) => response.write(bytes))
        .on('end', () => {
          setTimeout(() => response.destroy(), 50);
        });
    };
    await expect(world.pull(remote())).rejects.toMatchObject({ code: 'RL1625' });
    expect(world.open('target').list()).toEqual([]);
    trouble = undefined;
    requests = [];
    expect((await world.pull(remote())).moved).toBe(3);
    expect(requests.some(({ range }) => range === 'bytes=1000-')).toBe(true);
  });

  test('a part of something else is noticed and fetched anew by the next pull', async () => {
    trouble = (request, response, next) => {
      if (!isChunk(request)) return next();
      response.writeHead(200, { 'content-length': 3000 }).end(Buffer.alloc(3000));
    };
    await expect(world.pull(remote())).rejects.toMatchObject({ code: 'RL1626' });
    trouble = undefined;
    expect((await world.pull(remote())).moved).toBe(3);
  });

  const answers: [string, Handler, string, RegExp][] = [
    ['404', (_, response) => void response.writeHead(404).end(), 'RL1620', /no signed index/],
    ['403', (_, response) => void response.writeHead(403).end(), 'RL1625', /403/],
    ['503', (_, response) => void response.writeHead(503).end(), 'RL1625', /503/],
    ['HTML with 200', (_, response) => void response.end('<html>Log in'), 'RL1620', /no signed index/],
    [
      'a redirect loop',
      (_, response) => void response.writeHead(302, { location: '/' }).end(),
      'RL1625',
      /redirects/,
    ],
    [
      'a redirect to a file',
      (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'RL1625',
      /less safe/,
    ],
    [
      'an endless body',
      (_, response) => {
        const more = () => {
          if (!response.destroyed) response.write(Buffer.alloc(65_536), () => setImmediate(more));
        };
        more();
      },
      'RL1625',
      /larger than/,
    ],
  ];
  test.each(answers)('%s instead of the index is a clear error', async (_, handler, code, text) => {
    trouble = handler;
    await expect(world.pull(remote())).rejects.toMatchObject({ code, message: expect.stringMatching(text) });
    expect(world.open('target').list()).toEqual([]);
  });

  test('a chunk without end stops at its cap', async () => {
    trouble = (request, response, next) => {
      if (!isChunk(request)) return next();
      const more = () => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      more();
    };
    await expect(world.pull(remote())).rejects.toMatchObject({
      code: 'RL1625',
      message: expect.stringMatching(/larger/),
    });
  });

  test('nobody there, and a push, are clear errors', async () => {
    server.close();
    const gone = open();
    await expect(world.pull(gone)).rejects.toMatchObject({
      code: 'RL1625',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(remote().put('a', 'b')).rejects.toMatchObject({ code: 'RL1624' });
  });

  test('an interruption ends a stalled transfer', async () => {
    const controller = new AbortController();
    trouble = () => setTimeout(() => controller.abort(), 100);
    await expect(world.pull(open(controller.signal))).rejects.toMatchObject({ code: 'RL0604' });
  });
});
