import { type BigIntStats, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SumsAlgorithm } from '../iso/signature.ts';
import { hashSource, type OnProgress } from '../iso/verify.ts';
import { describeState, type FileSource } from './byte-source.ts';
import { makeDirectory, readTextFile, writeFileAtomically } from './files.ts';

const VERSION = 1;
const MOST_ENTRIES = 100;
const LARGEST_RECORD = 1024 * 1024;
const HASH = /^[0-9a-f]{64}([0-9a-f]{64})?$/;
/**
 * Milliseconds between a file's last change and the first byte that is hashed. Within one tick of the filesystem's clock
 * (2 s on FAT) a second change could leave the ctime as it is ("racy git": Documentation/technical/racy-git.txt).
 */
const SETTLED = 3000;

/**
 * The hash of a file, in hex, out of the record at `record` when the very same file was hashed before and cannot have
 * changed since: nobody sets a ctime back. The record is believed for files only that nobody but root and this user may
 * write to, and only when it is such a file itself. `undefined` reads the file whatever is known. What `onProgress` throws
 * ends it.
 */
export async function hashOnce(
  source: FileSource,
  algorithm: SumsAlgorithm,
  record: string | undefined,
  onProgress?: OnProgress,
): Promise<string> {
  const { facts } = source;
  const key = `${algorithm} ${describeState(facts)}`;
  const isKept = record !== undefined && isPrivate(facts);
  const known = isKept ? readRecord(record).get(key) : undefined;
  if (known !== undefined && source.isUnchanged()) return known;
  const started = Date.now();
  const hash = await hashSource(source, algorithm, onProgress);
  const isSettled = started - Number(facts.ctimeMs) > SETTLED;
  if (isKept && isSettled && source.isUnchanged()) addToRecord(record, key, hash);
  return hash;
}

/** Whoever may write to a file could hold it mapped, and a change through a mapping need not show in its times. */
function isPrivate({ uid, mode }: BigIntStats): boolean {
  return (uid === 0n || uid === BigInt(process.geteuid?.() ?? -1)) && (mode & 0o022n) === 0n;
}

/** What cannot be read counts as empty. */
function readRecord(path: string): Map<string, string> {
  try {
    const facts = lstatSync(path, { bigint: true });
    if (!facts.isFile() || !isPrivate(facts)) return new Map();
    const { version, hashes } = JSON.parse(readTextFile(path, LARGEST_RECORD));
    if (version !== VERSION) return new Map();
    const entries = Object.entries(hashes as Record<string, unknown>);
    return new Map(
      entries.filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && HASH.test(entry[1]),
      ),
    );
  } catch {
    return new Map();
  }
}

/** The newest last, the oldest forgotten. A record that cannot be written is none: the next build reads the file again. */
function addToRecord(path: string, key: string, hash: string): void {
  const entries = [...readRecord(path)].filter(([name]) => name !== key);
  const hashes = Object.fromEntries([...entries, [key, hash]].slice(-MOST_ENTRIES));
  try {
    makeDirectory(dirname(path), 0o700);
    writeFileAtomically(path, `${JSON.stringify({ version: VERSION, hashes }, undefined, 1)}\n`, 0o600);
  } catch {
    // Such as EACCES: whoever is not root has no state directory.
  }
}
