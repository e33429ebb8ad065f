import { closeSync, constants, ftruncateSync, openSync } from 'node:fs';
import { Failure } from '../../report/failure.ts';
import { removeFile, statPath, writeAll } from '../files.ts';
import { pause } from '../time.ts';
import { failTransfer, type HttpAnswer, type Send } from './http.ts';

const TRIES = 3;

export interface DownloadRequest {
  readonly url: string;
  /** What it has already is gone on from, by a range request. */
  readonly file: string;
  /** Bytes at most. */
  readonly cap: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly send: Send;
}

/**
 * Fetches a file, three times at most, each time from where it was cut off. Whether it is the right one is for the caller
 * to find out.
 * @throws Failure RL1625
 */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  for (let count = 1; ; count += 1) {
    try {
      await downloadOnce(request);
      return;
    } catch (error) {
      const isFinal = !(error instanceof Failure) || error.code !== 'RL1625' || error instanceof FinalFailure;
      if (isFinal || count === TRIES) throw error;
      await pause(count * 500);
    }
  }
}

/** Fetches a small text. Undefined when the server says that there is none. @throws Failure RL1625 */
export async function downloadText(
  request: Omit<DownloadRequest, 'file'>,
): Promise<{ text: string; answer: HttpAnswer } | undefined> {
  const { url, headers = {} } = request;
  const answer = await request.send({ url, headers });
  if (answer.status === 404) {
    answer.drop();
    return undefined;
  }
  if (answer.status !== 200) throw refuseStatus(request.url, answer);
  const pieces: Uint8Array[] = [];
  let size = 0;
  await answer.read((bytes) => {
    size += bytes.length;
    if (size > request.cap) throw refuseSize(request);
    pieces.push(bytes);
  });
  return { text: Buffer.concat(pieces).toString('utf8'), answer };
}

/** Not worth another try. */
class FinalFailure extends Failure {}

async function downloadOnce(request: DownloadRequest): Promise<void> {
  const { url, file, cap, send } = request;
  const start = statPath(file)?.size ?? 0;
  const range: Record<string, string> = start === 0 ? {} : { range: `bytes=${start}-` };
  const answer = await send({ url, headers: { ...request.headers, ...range } });
  const isRest = answer.status === 206 && readRangeStart(answer) === start;
  // 416: the file is whole already, or longer than what is there now; another hash will tell, and a new start mends it.
  if (answer.status === 416) {
    const total = /\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1];
    answer.drop();
    if (total !== undefined && Number(total) === start) return;
    removeFile(file);
    throw failTransfer(url, 'the part that was there is not a part of it; starting anew');
  }
  if (!isRest && answer.status !== 200) throw refuseStatus(url, answer);
  const descriptor = openSync(
    file,
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    if (!isRest) ftruncateSync(descriptor, 0);
    let size = isRest ? start : 0;
    await answer.read((bytes) => {
      size += bytes.length;
      if (size > cap) throw refuseSize(request);
      writeAll(descriptor, bytes);
    });
  } finally {
    closeSync(descriptor);
  }
}

function readRangeStart(answer: HttpAnswer): number | undefined {
  const match = /^bytes (\d+)-/.exec(answer.headers.get('content-range') ?? '');
  return match === null ? undefined : Number(match[1]);
}

function refuseStatus(url: string, answer: HttpAnswer): Failure {
  answer.drop();
  const failure = failTransfer(url, `the server answers ${answer.status}`);
  if (answer.status >= 500 || answer.status === 429) return failure;
  return new FinalFailure(failure.status, failure.code, failure.message, failure.hint);
}

function refuseSize({ url, cap }: { readonly url: string; readonly cap: number }): Failure {
  const failure = failTransfer(url, `it is larger than the ${cap} bytes that are allowed`);
  return new FinalFailure(failure.status, failure.code, failure.message, failure.hint);
}
