import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { type ArchiveFile, listServedNames, readRange, readRequestPath } from '../../vault/partial-mirror.ts';
import { statPath } from '../files.ts';
import type { ObjectStore } from './objects.ts';

/** Connections at a time: the installer has one or two. */
const MOST_CONNECTIONS = 32;
const IDLE_MS = 120_000;

export interface ArchiveServer {
  readonly port: number;
  /** Cuts what is being sent, and is done when nothing listens any more. */
  readonly close: () => Promise<void>;
}

export interface ServeRequest {
  readonly objects: ObjectStore;
  readonly files: readonly ArchiveFile[];
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Only connections from this address are answered; the port of a routed guest is open to everybody. */
  readonly client?: string | undefined;
  /** Told of each file that was asked for and could not be given. */
  readonly refused?: (path: string, why: string) => void;
}

/**
 * Serves the files of a stored archive, and nothing else, to whoever reaches the address: GET and HEAD, whole files or one
 * range. Each object is hashed before its first byte goes out, and again when it has changed since. Every signature is
 * Debian's own: a client needs no trust in this server.
 * @throws Failure RL1613 when the address or the port cannot be had
 */
export async function serveArchive(request: ServeRequest): Promise<ArchiveServer> {
  const names = listServedNames(request.files);
  const seen = new Map<string, string>();
  const server = createServer((incoming, response) => {
    response.setHeader('server', 'relight');
    answer(incoming, response, request, names, seen);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket) => {
    if (request.client !== undefined && socket.remoteAddress !== request.client) socket.destroy();
  });
  server.setTimeout(IDLE_MS);
  await listen(server, request.address, request.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** A port of an address that nothing listens on now. @throws Failure RL1613 */
export async function findServingPort(address: string): Promise<number> {
  const server = createPlainServer();
  await listen(server, address, 0);
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(makeFailure(EXIT.notReady, 'RL1613', { address: `${address}:${port}`, why: error.message }));
    server.once('error', fail);
    server.listen(port, address, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  { objects, refused }: ServeRequest,
  names: ReadonlyMap<string, ArchiveFile>,
  seen: Map<string, string>,
): void {
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    end(response, 405);
    return;
  }
  const path = readRequestPath(incoming.url ?? '');
  const file = path === undefined ? undefined : names.get(path);
  if (file === undefined) {
    refused?.(path ?? String(incoming.url).slice(0, 200), 'it is not stored');
    end(response, 404);
    return;
  }
  const state = examine(objects, file, seen);
  if (state !== 'good') {
    refused?.(file.path, `it is ${state}`);
    end(response, state === 'missing' ? 404 : 500);
    return;
  }
  send(incoming, response, objects.path(file.sha256), file);
}

function send(incoming: IncomingMessage, response: ServerResponse, path: string, file: ArchiveFile): void {
  const tag = `"${file.sha256}"`;
  const condition = incoming.headers['if-range'];
  const isSame = condition === undefined || condition === tag;
  const range = isSame ? readRange(incoming.headers.range, file.size) : undefined;
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('content-type', 'application/octet-stream');
  response.setHeader('etag', tag);
  if (range === 'none') {
    response.setHeader('content-range', `bytes */${file.size}`);
    end(response, 416);
    return;
  }
  const { first, last } = range ?? { first: 0, last: file.size - 1 };
  if (range !== undefined) response.setHeader('content-range', `bytes ${first}-${last}/${file.size}`);
  response.setHeader('content-length', last - first + 1);
  response.statusCode = range === undefined ? 200 : 206;
  if (incoming.method === 'HEAD') {
    response.end();
    return;
  }
  const stream = createReadStream(path, { start: first, end: last });
  // The length is announced: a cut body is an error to the client, never a shorter file.
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

/** Hashes an object unless that was done and the file is the same since. */
function examine(objects: ObjectStore, { sha256, size }: ArchiveFile, seen: Map<string, string>) {
  const stat = statPath(objects.path(sha256));
  const mark = stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
  if (stat !== undefined && seen.get(sha256) === mark) return 'good';
  const state = stat !== undefined && stat.size !== size ? 'corrupt' : objects.check(sha256);
  if (state === 'good') seen.set(sha256, mark);
  return state;
}

function end(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.setHeader('content-length', 0);
  response.end();
}
