import { EXIT, Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { describeErrno } from '../files.ts';

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
  readonly signal: AbortSignal;
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
 * One request by HTTP. Redirects are followed five times at most, never from HTTPS to HTTP, and with GET and HEAD only.
 * @throws Failure RL1625
 */
export async function requestHttp(request: HttpRequest): Promise<HttpAnswer> {
  let { url } = request;
  for (let count = 0; count <= MOST_REDIRECTS; count += 1) {
    const answer = await requestOnce(request, url);
    const location = answer.headers.get('location');
    const method = request.method ?? 'GET';
    const isRedirect = answer.status >= 300 && answer.status < 400 && location !== null;
    if (!isRedirect || (method !== 'GET' && method !== 'HEAD')) return answer;
    answer.drop();
    const next = new URL(location, url);
    if (next.protocol !== 'https:' && (next.protocol !== 'http:' || url.startsWith('https:'))) {
      throw failTransfer(url, `it leads to ${next.protocol}//${next.host}, which is less safe`);
    }
    url = next.href;
  }
  throw failTransfer(request.url, `it leads on and on: more than ${MOST_REDIRECTS} redirects`);
}

async function requestOnce(request: HttpRequest, url: string): Promise<HttpAnswer> {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error('interrupted'));
  if (request.signal.aborted) stop();
  request.signal.addEventListener('abort', stop, { once: true });
  const timer = new IdleTimer(controller);
  timer.restart(countSendingTime(request.body));
  try {
    const response = await fetch(url, {
      method: request.method ?? 'GET',
      redirect: 'manual',
      headers: { 'user-agent': 'relight', ...request.headers },
      signal: controller.signal,
      ...(request.body === undefined ? {} : { body: Buffer.from(request.body) }),
    });
    timer.stop();
    const end = () => {
      timer.stop();
      request.signal.removeEventListener('abort', stop);
    };
    return {
      status: response.status,
      headers: response.headers,
      url,
      read: (onPiece) =>
        readBody(response, timer, onPiece)
          .catch((error) => rethrow(url, error, request))
          .finally(end),
      drop: () => {
        end();
        controller.abort(new Error('not needed'));
      },
    };
  } catch (error) {
    timer.stop();
    request.signal.removeEventListener('abort', stop);
    return rethrow(url, error, request);
  }
}

async function readBody(
  response: Response,
  timer: IdleTimer,
  onPiece: (bytes: Uint8Array) => void,
): Promise<void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  let windowStart = performance.now();
  let windowBytes = 0;
  try {
    for (;;) {
      timer.restart();
      const { done, value } = await reader.read();
      if (done) return;
      windowBytes += value.length;
      if (performance.now() - windowStart > WINDOW_MS) {
        if (windowBytes < SLOWEST_BYTES) throw new Error(`too slow: ${windowBytes} bytes in a minute`);
        windowStart = performance.now();
        windowBytes = 0;
      }
      onPiece(value);
    }
  } finally {
    timer.stop();
    await reader.cancel().catch(() => undefined);
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

function rethrow(url: string, error: unknown, { signal }: HttpRequest): never {
  if (signal.aborted) throw new Failure(EXIT.interrupted, 'RL0604', `interrupted while ${url} was fetched`);
  if (error instanceof Failure) throw error;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  throw failTransfer(url, describeErrno(cause));
}

/** The failure of a transfer, retried by whoever knows that it may be. */
export function failTransfer(url: string, why: string): Failure {
  return makeFailure(EXIT.failed, 'RL1625', { url, why });
}
