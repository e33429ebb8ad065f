import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { removeFile } from '../files.ts';
import { sendRequest } from '../netboot/http.ts';
import { pause } from '../time.ts';
import type { ObjectStore } from './objects.ts';

const ATTEMPTS = 3;
const PAUSE_MS = 2000;

export interface Download {
  readonly url: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export interface DownloadPlace {
  readonly objects: ObjectStore;
  readonly proxy: string | undefined;
  /** A name in the vault for the time being; each download at a time has its own. */
  readonly draft: string;
  readonly signal: AbortSignal;
}

/**
 * Fetches a file of an archive into the store, where its hash is its name: what has another hash never gets there.
 * Several places may have it, such as an index by its hash and by its name.
 * @returns false when the archive has no such file
 * @throws Error with what the network said, or that every answer had another hash
 */
export async function download(wishes: readonly Download[], place: DownloadPlace): Promise<boolean> {
  let problem: unknown;
  let isAnywhere = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await pause(PAUSE_MS, place.signal);
    isAnywhere = false;
    for (const wish of wishes) {
      try {
        if (!(await fetchToFile(wish, place))) continue;
        isAnywhere = true;
        if (place.objects.adopt(place.draft, wish.sha256)) return true;
        problem = new Error(`${wish.url} came with another hash than the archive’s index says`);
      } catch (error) {
        isAnywhere = true;
        problem = error;
      } finally {
        removeFile(place.draft);
      }
    }
    if (!isAnywhere) return false;
  }
  throw problem;
}

/** @returns false for a file that is not there */
async function fetchToFile(
  { url, size }: Download,
  { proxy, draft, signal }: DownloadPlace,
): Promise<boolean> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sendRequest(url, proxy, { signal }, resolve, reject);
  });
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    response.destroy();
    if (status === 404 || status === 410) return false;
    throw new Error(`${url}: status ${status}`);
  }
  let received = 0;
  response.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > size) response.destroy(new Error(`${url} is larger than the archive’s index says`));
  });
  await pipeline(response, createWriteStream(draft, { mode: 0o644 }));
  return true;
}
