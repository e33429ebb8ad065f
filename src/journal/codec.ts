import { EXIT, Failure } from '../report/failure.ts';
import { computeCrc32c } from './crc32c.ts';
import { isJournalEvent, type JournalRecord } from './events.ts';

/** Raised when an older relight could no longer read what is written. */
export const JOURNAL_VERSION = 1;

const NEWLINE = 0x0a;
const CHECKED = /^(\{.*),"length":(\d+),"crc":"([0-9a-f]{8})"\}$/su;

export interface DecodedJournal {
  readonly records: readonly JournalRecord[];
  /** Bytes up to the end of the last whole record. */
  readonly validLength: number;
  /** Bytes after it, of a record whose write was cut off. The next append has to cut them away. */
  readonly tornLength: number;
}

/**
 * One record as a line of JSON. Its last members are the length in bytes and the CRC-32C of all that stands before
 * them, so that a record cut off anywhere, or with a flipped bit, is recognised.
 */
export function encodeRecord(record: JournalRecord): string {
  const body = JSON.stringify({
    format: JOURNAL_VERSION,
    seq: record.sequence,
    time: record.time,
    event: record.event,
  }).slice(0, -1);
  const bytes = new TextEncoder().encode(body);
  const crc = computeCrc32c(bytes).toString(16).padStart(8, '0');
  return `${body},"length":${bytes.length},"crc":"${crc}"}\n`;
}

/**
 * Reads a journal. Only its last record may be torn: each is synced before the next is begun.
 * @throws Failure for a bad record before the end, and for a journal that a newer relight wrote
 */
export function decodeJournal(bytes: Uint8Array): DecodedJournal {
  const records: JournalRecord[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const end = bytes.indexOf(NEWLINE, offset);
    const record = end === -1 ? undefined : decodeLine(bytes.subarray(offset, end));
    if (record === undefined || record.sequence !== records.length + 1) {
      refuseUnknownLayout(bytes.subarray(offset, end === -1 ? bytes.length : end));
      refuseBadMiddle(bytes, end, records.length + 1, record?.sequence);
      break;
    }
    records.push(record);
    offset = end + 1;
  }
  return { records, validLength: offset, tornLength: bytes.length - offset };
}

/** A bad last line is a torn write; a bad line before others, or a whole line out of sequence, is damage. */
function refuseBadMiddle(bytes: Uint8Array, end: number, expected: number, found: number | undefined): void {
  const isLast = end === -1 || end === bytes.length - 1;
  if (isLast && found === undefined) return;
  const what = found === undefined ? 'is damaged' : `has number ${found}`;
  throw new Failure(
    EXIT.needsPerson,
    'RL0631',
    `the journal is damaged: its record ${expected} ${what}, and it is not the last write that was cut off`,
    'keep the file, look at the volumes and the configuration yourself; nothing has been changed now',
  );
}

/** A later format may check its records in another way: its number alone is enough to keep our hands off. */
function refuseUnknownLayout(line: Uint8Array): void {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(line));
  } catch {
    return;
  }
  if (typeof value !== 'object' || value === null || !('format' in value)) return;
  if (typeof value.format === 'number' && value.format > JOURNAL_VERSION) {
    refuseVersion(String(value.format), 'event' in value ? value.event : undefined);
  }
}

/** Undefined when the line is not a whole record. */
function decodeLine(line: Uint8Array): JournalRecord | undefined {
  const text = new TextDecoder().decode(line);
  const [, body, length, crc] = CHECKED.exec(text) ?? [];
  if (body === undefined) return undefined;
  const checked = new TextEncoder().encode(body);
  if (checked.length !== Number(length)) return undefined;
  if (computeCrc32c(checked) !== Number.parseInt(crc ?? '', 16)) return undefined;
  return readFields(JSON.parse(text) as Record<string, unknown>);
}

function readFields(fields: Record<string, unknown>): JournalRecord {
  const { format, seq, time, event } = fields;
  if (format !== JOURNAL_VERSION) refuseVersion(String(format), event);
  if (typeof seq !== 'number' || typeof time !== 'string' || !isJournalEvent(event)) {
    refuseVersion(`${format} with an unknown event`, event);
  }
  return { sequence: seq, time, event };
}

function refuseVersion(version: string, event: unknown): never {
  const writer =
    typeof event === 'object' && event !== null && 'relight' in event
      ? `relight ${String(event.relight)}`
      : 'a newer relight';
  throw new Failure(
    EXIT.notReady,
    'RL0632',
    `the journal has format ${version}, written by ${writer}; this relight ${RELIGHT_VERSION} reads format ${JOURNAL_VERSION}`,
    `finish this operation with ${writer}: relight resume or relight rollback`,
  );
}
