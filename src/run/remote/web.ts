import { SIGNED_INDEX } from '../../image/signed-index.ts';
import { makeIssue } from '../../report/codes.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { downloadFile, downloadText } from './download.ts';
import type { ImageRemote } from './remote.ts';

const LARGEST_INDEX = 4 * 1024 * 1024;

/** A directory behind a web server: any that serves files. */
export function openWebRemote(url: string, signal: AbortSignal): ImageRemote {
  const refuse = async (): Promise<never> => {
    const issue = makeIssue('RL1624', { place: url });
    throw new Failure(EXIT.usage, issue.code, issue.message, issue.hint);
  };
  return {
    place: url,
    holdsOne: false,
    readIndex: async () =>
      (await downloadText({ url: `${url}/${SIGNED_INDEX}`, cap: LARGEST_INDEX, signal }))?.text,
    get: (path, file, cap) => downloadFile({ url: `${url}/${path}`, file, cap, signal }),
    put: refuse,
    writeIndex: refuse,
  };
}
