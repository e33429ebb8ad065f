import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type DecodedJournal, decodeJournal, encodeRecord } from '../journal/codec.ts';
import type { JournalEvent, JournalRecord } from '../journal/events.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { describeErrno, hasCode, readBytesFile, syncDirectory, writeAll } from './files.ts';

/** Enough for some thousand records: a rollback on a full disk can still be written down. */
const RESERVE_BYTES = 1024 * 1024;
const LARGEST_JOURNAL = 64 * 1024 * 1024;

export interface JournalFile {
  readonly path: string;
  /** All records, those of earlier runs too. */
  readonly records: readonly JournalRecord[];
  /** Bytes of a cut-off record that were removed when the journal was opened. */
  readonly tornLength: number;
  /** Writes and syncs one record. When it returns, the record has reached the disk. */
  append(event: JournalEvent): JournalRecord;
  close(): void;
}

/** Begins a journal, with reserved space beside it. @throws when the file is there already */
export function createJournal(path: string, now: () => string): JournalFile {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND;
  reserveSpace(path);
  const file = openSync(path, flags | constants.O_NOFOLLOW, 0o600);
  syncDirectory(dirname(path));
  return new AppendedJournal(path, file, { records: [], validLength: 0, tornLength: 0 }, now);
}

/** Opens a journal to go on with it, and cuts away a record whose write was cut off. */
export function openJournal(path: string, now: () => string): JournalFile {
  const decoded = readJournal(path);
  const file = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
  if (decoded.tornLength > 0) {
    ftruncateSync(file, decoded.validLength);
    fsyncSync(file);
  }
  return new AppendedJournal(path, file, decoded, now);
}

/** Reads a journal without touching it, also while a rebuild writes it. */
export function readJournal(path: string): DecodedJournal {
  return decodeJournal(readBytesFile(path, LARGEST_JOURNAL));
}

class AppendedJournal implements JournalFile {
  readonly path: string;
  readonly tornLength: number;
  readonly #file: number;
  readonly #now: () => string;
  readonly #records: JournalRecord[];
  #length: number;
  #broken: unknown;

  constructor(path: string, file: number, decoded: DecodedJournal, now: () => string) {
    this.path = path;
    this.tornLength = decoded.tornLength;
    this.#file = file;
    this.#now = now;
    this.#records = [...decoded.records];
    this.#length = decoded.validLength;
  }

  get records(): readonly JournalRecord[] {
    return this.#records;
  }

  append(event: JournalEvent): JournalRecord {
    // After a failed write or sync nobody knows what reached the disk: trying again would only hide that.
    if (this.#broken !== undefined) throw this.#fail(this.#broken);
    const record = { sequence: this.#records.length + 1, time: this.#now(), event };
    const bytes = Buffer.from(encodeRecord(record), 'utf8');
    try {
      this.#write(bytes);
      fsyncSync(this.#file);
    } catch (error) {
      this.#broken = error;
      throw this.#fail(error);
    }
    this.#length += bytes.length;
    this.#records.push(record);
    return record;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** A full disk is met once by giving the reserve back; what was half written is cut away first. */
  #write(bytes: Buffer): void {
    try {
      writeAll(this.#file, bytes);
    } catch (error) {
      if (!hasCode(error, 'ENOSPC') && !hasCode(error, 'EDQUOT')) throw error;
      ftruncateSync(this.#file, this.#length);
      unlinkSync(reservePath(this.path));
      writeAll(this.#file, bytes);
    }
  }

  #fail(error: unknown): Failure {
    const hint = 'mend the disk, then run relight status';
    return new Failure(
      EXIT.failed,
      'RL0633',
      `the journal ${this.path} cannot be written: ${describeErrno(error)}`,
      hint,
    );
  }
}

/** Where the reserved space of a journal lies. It goes with the operation's directory. */
export function reservePath(path: string): string {
  return `${path}.reserve`;
}

/** Real blocks, not a sparse file: written, so that they exist on file systems without fallocate(2) too. */
function reserveSpace(path: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = openSync(reservePath(path), flags, 0o600);
  try {
    const block = Buffer.alloc(64 * 1024, 0xff);
    for (let size = fstatSync(file).size; size < RESERVE_BYTES; size += block.length) {
      writeSync(file, block, 0, block.length, size);
    }
    fsyncSync(file);
  } catch (error) {
    const hint = 'free some space in the state directory';
    throw new Failure(
      EXIT.notReady,
      'RL0634',
      `no space for the journal can be reserved: ${describeErrno(error)}`,
      hint,
    );
  } finally {
    closeSync(file);
  }
}
