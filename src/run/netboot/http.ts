import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

const ATTEMPT_MS = 60_000;

/** What came back: the status, and the body unless only the head was asked for. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Asks a mirror, directly or through an HTTP proxy. The body is capped at `cap` bytes.
 * @throws Error with what the network said
 */
export function ask(
  method: 'GET' | 'HEAD',
  url: string,
  proxy: string | undefined,
  cap: number,
): Promise<Answer> {
  const target = new URL(url);
  const through = proxy !== undefined && target.protocol === 'http:' ? new URL(proxy) : undefined;
  const place = through ?? target;
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const options = {
      method,
      host: place.hostname.replace(/^\[|\]$/g, ''),
      port: place.port === '' ? undefined : Number(place.port),
      path: through === undefined ? target.pathname : url,
      headers: { host: target.host },
      timeout: ATTEMPT_MS,
    };
    const request = send(options, (response) => {
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
    });
    request.on('timeout', () => request.destroy(new Error(`${target.host} does not answer`)));
    request.on('error', reject);
    request.end();
  });
}

/** Runs `act` on all items, `width` at a time; results in the order of the items. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  width: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await act(items[index] as Item);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}
