import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

const SILENCE_MS = 60_000;

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request. */
  readonly signal?: AbortSignal;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Asks a mirror for a file, directly or through an HTTP proxy. The body is capped at `cap` bytes. With `headers` a part of
 * the file may be asked for.
 * @throws Error with what the network said
 */
export function ask(
  url: string,
  proxy: string | undefined,
  cap: number,
  options: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const take = (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= cap) chunks.push(chunk);
        else {
          reject(new Error(`${url} is larger than ${cap} bytes`));
          request.destroy();
        }
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    };
    const request = sendRequest(url, proxy, options, take, reject);
  });
}

/** Sends a GET for a file of a mirror, directly or through an HTTP proxy; one minute of silence ends it. */
export function sendRequest(
  url: string,
  proxy: string | undefined,
  { headers, signal }: AskOptions,
  answered: (response: IncomingMessage) => void,
  failed: (error: Error) => void,
): ClientRequest {
  const target = new URL(url);
  const through = proxy !== undefined && target.protocol === 'http:' ? new URL(proxy) : undefined;
  const place = through ?? target;
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  const options = {
    host: place.hostname.replace(/^\[|\]$/g, ''),
    port: place.port === '' ? undefined : Number(place.port),
    path: through === undefined ? target.pathname : url,
    headers: { host: target.host, ...headers },
    timeout: SILENCE_MS,
    // A connection of its own: apt-cacher-ng 3.7.4 closes kept ones at will, which looks like a failure.
    agent: false as const,
    ...(signal === undefined ? {} : { signal }),
  };
  const request = send(options, answered);
  request.on('timeout', () => request.destroy(new Error(`${target.host} does not answer`)));
  request.on('error', failed);
  request.end();
  return request;
}
