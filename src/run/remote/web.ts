import { SIGNED_INDEX } from '../../image/signed-index.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { downloadFile, downloadText } from './download.ts';
import type { Send } from './http.ts';
import type { ImageRemote } from './remote.ts';

const LARGEST_INDEX = 4 * 1024 * 1024;

/** A directory behind a web server: any that serves files. */
export function openWebRemote(url: string, send: Send): ImageRemote {
  const refuse = async (): Promise<never> => {
    throw makeFailure(EXIT.usage, 'RL1624', { place: url });
  };
  return {
    place: url,
    holdsOne: false,
    readIndex: async () =>
      (await downloadText({ url: `${url}/${SIGNED_INDEX}`, cap: LARGEST_INDEX, send }))?.text,
    get: (path, file, cap) => downloadFile({ url: `${url}/${path}`, file, cap, send }),
    put: refuse,
    writeIndex: refuse,
  };
}
