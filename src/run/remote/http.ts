import type { IncomingMessage } from 'node:http';
import { EXIT, Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { describeErrno } from '../files.ts';
import { sendRequest } from './connect.ts';
import { chooseProxy } from './proxy.ts';

/** Without an answer, or without a byte, for so long, a server counts as gone. */
const IDLE_MS = 30_000;
/** A transfer that brings less than this in a window is given up. */
const SLOWEST_BYTES = 64 * 1024;
const WINDOW_MS = 60_000;
const MOST_REDIRECTS = 5;

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** An answer whose body comes piece by piece. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from after redirects. */
  readonly url: string;
  /** Hands on each piece of the body. @throws Failure RL1625 when it stalls, crawls or ends early */
  readonly read: (onPiece: (bytes: Uint8Array) => void) => Promise<void>;
  /** Lets the connection go without reading the body. */
  readonly drop: () => void;
}

/**
 * Makes one request by HTTP. Redirects are followed five times at most, never from HTTPS to HTTP, and with GET and HEAD
 * only; another server than the one that was asked gets no `authorization`. @throws Failure RL1625, RL0604
 */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

export interface HttpAccess {
  readonly signal: AbortSignal;
  /** Names the web proxies: src/run/remote/proxy.ts. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function makeSender(access: HttpAccess): Send {
  return (request) => followRedirects(request, access);
}

async function followRedirects(request: HttpRequest, access: HttpAccess): Promise<HttpAnswer> {
  let { url } = request;
  let { headers = {} } = request;
  for (let count = 0; count <= MOST_REDIRECTS; count += 1) {
    const answer = await requestOnce({ ...request, headers }, url, access);
    const location = answer.headers.get('location');
    const method = request.method ?? 'GET';
    const isRedirect = answer.status >= 300 && answer.status < 400 && location !== null;
    if (!isRedirect || (method !== 'GET' && method !== 'HEAD')) return answer;
    answer.drop();
    const next = new URL(location, url);
    if (next.protocol !== 'https:' && (next.protocol !== 'http:' || url.startsWith('https:'))) {
      throw failTransfer(url, `it leads to ${next.protocol}//${next.host}, which is less safe`);
    }
    if (next.origin !== new URL(url).origin) headers = withoutAuthorization(headers);
    url = next.href;
  }
  throw failTransfer(request.url, `it leads on and on: more than ${MOST_REDIRECTS} redirects`);
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}

async function requestOnce(request: HttpRequest, url: string, access: HttpAccess): Promise<HttpAnswer> {
  const { method = 'GET', body } = request;
  const target = new URL(url);
  const proxy = chooseProxy(target, access.environment);
  const controller = new AbortController();
  const stop = () => controller.abort(new Error('interrupted'));
  if (access.signal.aborted) stop();
  access.signal.addEventListener('abort', stop, { once: true });
  const timer = new IdleTimer(controller);
  const end = () => {
    timer.stop();
    access.signal.removeEventListener('abort', stop);
  };
  const fail = (error: unknown): never => {
    end();
    // What the timer says is why the connection broke.
    return rethrow(url, controller.signal.aborted ? controller.signal.reason : error, access);
  };
  timer.restart(countSendingTime(body));
  const headers = { 'user-agent': 'relight', ...request.headers, ...describeLength(method, body) };
  const sent = { url: target, method, headers, body, proxy, signal: controller.signal };
  const response = await sendRequest(sent).catch(fail);
  timer.stop();
  return {
    status: response.statusCode ?? 0,
    headers: new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    url,
    read: (onPiece) => readBody(response, timer, onPiece).catch(fail).finally(end),
    drop: () => {
      end();
      if (method === 'HEAD') response.resume();
      else response.destroy();
    },
  };
}

function describeLength(method: string, body: Uint8Array | undefined): Record<string, string> {
  return body === undefined && method !== 'POST' && method !== 'PUT'
    ? {}
    : { 'content-length': `${body?.length ?? 0}` };
}

async function readBody(
  response: IncomingMessage,
  timer: IdleTimer,
  onPiece: (bytes: Uint8Array) => void,
): Promise<void> {
  let windowStart = performance.now();
  let windowBytes = 0;
  timer.restart();
  for await (const piece of response as AsyncIterable<Buffer>) {
    timer.restart();
    windowBytes += piece.length;
    if (performance.now() - windowStart > WINDOW_MS) {
      if (windowBytes < SLOWEST_BYTES) throw new Error(`too slow: ${windowBytes} bytes in a minute`);
      windowStart = performance.now();
      windowBytes = 0;
    }
    onPiece(piece);
  }
}

/** Milliseconds that a body may take to be sent, at the slowest that a transfer may be. */
function countSendingTime(body: Uint8Array | undefined): number {
  return ((body?.length ?? 0) * WINDOW_MS) / SLOWEST_BYTES;
}

/** Aborts when nothing has happened for a while. */
class IdleTimer {
  readonly #controller: AbortController;
  #timer: NodeJS.Timeout | undefined;

  constructor(controller: AbortController) {
    this.#controller = controller;
  }

  restart(more = 0): void {
    this.stop();
    const reason = new Error(`no answer for ${Math.round((IDLE_MS + more) / 1000)} seconds`);
    this.#timer = setTimeout(() => this.#controller.abort(reason), IDLE_MS + more);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function rethrow(url: string, error: unknown, { signal }: HttpAccess): never {
  if (signal.aborted) throw new Failure(EXIT.interrupted, 'RL0604', `interrupted while ${url} was fetched`);
  if (error instanceof Failure) throw error;
  throw failTransfer(url, describeConnection(error));
}

/** Where a name has several addresses, Node gathers one error for each. */
function describeConnection(error: unknown): string {
  return describeErrno(error instanceof AggregateError ? error.errors[0] : error);
}

/** The failure of a transfer, retried by whoever knows that it may be. */
export function failTransfer(url: string, why: string): Failure {
  return makeFailure(EXIT.failed, 'RL1625', { url, why });
}
