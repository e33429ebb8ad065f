import { createHash } from 'node:crypto';
import type { Issue } from '../report/issue.ts';
import type { ByteSource } from './byte-source.ts';
import { parseChecksums } from './checksums.ts';
import { readContent, readTextFile } from './content.ts';
import type { IsoEntry } from './directory.ts';
import type { IsoImage } from './image.ts';
import { isoFailure, isoIssue } from './problems.ts';
import { walkTree } from './walk.ts';

/** How the files of an image compare with its md5sum.txt. */
export interface ContentCheck {
  readonly checked: number;
  readonly bytes: number;
  /** Files that md5sum.txt does not list, at most a thousand. debian-cd leaves out ISOLINUX and .disk/mkisofs. */
  readonly unlisted: readonly string[];
  readonly issues: readonly Issue[];
}

export type OnProgress = (doneBytes: number, totalBytes: number) => void;

const CHECKSUMS_PATH = '/md5sum.txt';
const LARGEST_LIST = 32 * 1024 * 1024;
const MOST_ISSUES = 100;
const MOST_UNLISTED = 1000;
/** Files may share their content, which debian-cd uses a little; an image whose files add up to more is hostile. */
const MOST_SHARING = 16;

/**
 * Reads every file of the image and compares it with md5sum.txt. Nothing is trusted to be there: a listed file that is
 * missing is an issue as well.
 */
export async function checkContent(image: IsoImage, onProgress?: OnProgress): Promise<ContentCheck> {
  const text = await readTextFile(image, CHECKSUMS_PATH, LARGEST_LIST);
  if (text === undefined) {
    return {
      checked: 0,
      bytes: 0,
      unlisted: [],
      issues: [isoIssue('no-checksums', { why: 'there is no /md5sum.txt' })],
    };
  }
  const wanted = new Map(
    parseChecksums(text, 32).map(({ hash, path }) => [path.replace(/^\.?\/*/, '/'), hash]),
  );
  const issues: Issue[] = [];
  const unlisted: string[] = [];
  let bytes = 0;
  let checked = 0;
  const addIssue = (issue: Issue) => {
    if (issues.length < MOST_ISSUES) issues.push(issue);
  };
  if (wanted.size === 0) addIssue(isoIssue('no-checksums', { why: '/md5sum.txt lists nothing' }));
  for await (const entry of walkTree(image)) {
    if (entry.kind !== 'file') continue;
    const hash = wanted.get(entry.path);
    if (hash === undefined) {
      if (unlisted.length < MOST_UNLISTED && entry.path !== CHECKSUMS_PATH) unlisted.push(entry.path);
      continue;
    }
    wanted.delete(entry.path);
    if (bytes + entry.size > MOST_SHARING * image.source.size) {
      throw isoFailure('limit', { what: 'times its own size in files', limit: MOST_SHARING });
    }
    if ((await hashFile(image, entry)) !== hash) addIssue(isoIssue('checksum', { path: entry.path }));
    checked += 1;
    bytes += entry.size;
    onProgress?.(bytes, image.source.size);
  }
  for (const path of wanted.keys()) addIssue(isoIssue('missing-file', { path }));
  return { checked, bytes, unlisted, issues };
}

/** MD5 of a file's content, in hex: what md5sum.txt holds. Not a protection against malice; the signature is. */
async function hashFile(image: IsoImage, entry: IsoEntry): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of readContent(image, entry)) hash.update(chunk);
  return hash.digest('hex');
}

const CHUNK = 4 * 1024 * 1024;

/** A hash of a whole source, in hex. The next piece is read while one is hashed. What `onProgress` throws ends it. */
export async function hashSource(
  source: ByteSource,
  algorithm: 'sha256' | 'sha512',
  onProgress?: OnProgress,
): Promise<string> {
  const hash = createHash(algorithm);
  // One is filled while the other is hashed.
  let [free, busy] = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)];
  const read = (offset: number) => {
    [free, busy] = [busy, free];
    return source.read(offset, Math.min(CHUNK, source.size - offset), busy);
  };
  let next = source.size > 0 ? read(0) : undefined;
  for (let offset = 0; next !== undefined; ) {
    const piece = await next;
    if (piece.length === 0) throw isoFailure('truncated', { what: 'the image', size: source.size });
    offset += piece.length;
    next = offset < source.size ? read(offset) : undefined;
    next?.catch(() => undefined);
    hash.update(piece);
    onProgress?.(offset, source.size);
  }
  return hash.digest('hex');
}
