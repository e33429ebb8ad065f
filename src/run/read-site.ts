import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import type { KnownFileKind } from '../spec/parse-site.ts';
import { classifyFile } from '../spec/read-sources.ts';
import { MAX_FILE_BYTES } from '../spec/text-rules.ts';

const MAX_SITE_FILES = 50_000;
const SKIPPED = new Set(['.git', 'node_modules']);

/** What `parseSite` needs of a directory, and what could not be read. */
export interface SiteText {
  readonly directory: string;
  readonly files: ReadonlyMap<string, string>;
  readonly knownFiles: ReadonlyMap<string, KnownFileKind>;
  readonly issues: readonly Issue[];
}

/** Reads the texts of a site. What cannot be read is an issue; nothing of it is thrown. */
export function readSite(directory: string): SiteText {
  const issues: Issue[] = [];
  const knownFiles = new Map<string, KnownFileKind>();
  const base = realpathSync(directory);
  listFiles(directory, base, knownFiles, issues);
  const files = new Map<string, string>();
  for (const [file, kind] of knownFiles) {
    const part = classifyFile(directory, file);
    if (part === undefined) reportSkipped(directory, file, kind, issues);
    else if (kind === 'outside') {
      issues.push(makeIssue('RL1105', { target: readTarget(file) }, placeOf(file)));
    } else {
      const text = readText(file, issues);
      if (text !== undefined) files.set(file, text);
    }
  }
  if (!knownFiles.has(join(directory, 'site.yaml'))) {
    issues.push(makeIssue('RL1107', {}, placeOf(join(directory, 'site.yaml'))));
  }
  return { directory, files, knownFiles, issues };
}

/** Lists what is in a directory and below; links are followed only inside the site, and only to files. */
function listFiles(
  directory: string,
  base: string,
  found: Map<string, KnownFileKind>,
  issues: Issue[],
): void {
  let entries: ReturnType<typeof readDirectory>;
  try {
    entries = readDirectory(directory);
  } catch (error) {
    issues.push(makeIssue('RL1103', { detail: messageOf(error), name: directory }, placeOf(directory)));
    return;
  }
  for (const entry of entries) {
    if (SKIPPED.has(entry.name)) continue;
    if (found.size >= MAX_SITE_FILES) {
      const tooMany = makeIssue('RL1108', { limit: MAX_SITE_FILES, name: base }, placeOf(base));
      if (issues.at(-1)?.code !== tooMany.code) issues.push(tooMany);
      return;
    }
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      found.set(path, 'directory');
      listFiles(path, base, found, issues);
    } else {
      found.set(path, entry.isSymbolicLink() ? judgeLink(path, base) : 'file');
    }
  }
}

function readDirectory(directory: string) {
  return readdirSync(directory, { withFileTypes: true });
}

function judgeLink(path: string, base: string): KnownFileKind {
  const target = readTarget(path);
  if (target !== base && !target.startsWith(`${base}/`)) return 'outside';
  return isDirectory(path) ? 'directory' : 'file';
}

function readTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return 'nowhere';
  }
}

/** Says that a file next to the read ones is not read because of its ending. */
function reportSkipped(directory: string, file: string, kind: KnownFileKind, issues: Issue[]): void {
  const match = /^(?:(?:domus|roles|images)\/)?([^/.][^/]*)\.yml$/.exec(file.slice(directory.length + 1));
  if (match === null || kind !== 'file' || (match[0] === `${match[1]}.yml` && match[1] !== 'site')) return;
  issues.push(makeIssue('RL1106', { name: `${match[1]}.yaml` }, placeOf(file)));
}

/** Reads one file with a cap. O_NONBLOCK: opening a named pipe must not wait for a writer. */
function readText(file: string, issues: Issue[]): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const status = fstatSync(descriptor);
    if (!status.isFile()) {
      const found = status.isDirectory() ? 'a directory' : 'a device, a pipe or a socket';
      issues.push(makeIssue('RL1102', { found }, placeOf(file)));
      return undefined;
    }
    const bytes = readCapped(descriptor, Math.min(status.size, MAX_FILE_BYTES) + 1);
    if (bytes.length > MAX_FILE_BYTES) {
      const size = Math.max(status.size, bytes.length);
      issues.push(makeIssue('RL1101', { limit: MAX_FILE_BYTES, size }, placeOf(file)));
      return undefined;
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const isEncoding = error instanceof TypeError;
    const issue = isEncoding
      ? makeIssue('RL1104', {}, placeOf(file))
      : makeIssue('RL1103', { detail: messageOf(error), name: file }, placeOf(file));
    issues.push(issue);
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function readCapped(descriptor: number, expected: number): Uint8Array {
  let bytes = new Uint8Array(expected);
  let length = 0;
  for (;;) {
    if (length === bytes.length) {
      if (length > MAX_FILE_BYTES) return bytes;
      const larger = new Uint8Array(Math.min(bytes.length * 2, MAX_FILE_BYTES + 1));
      larger.set(bytes);
      bytes = larger;
    }
    const count = readSync(descriptor, bytes, length, bytes.length - length, null);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
  }
}

function placeOf(file: string) {
  return { position: { file, line: 1, column: 1, length: 1 } };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, \w+ '.*$/, '') : String(error);
}
