import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJournal, encodeRecord, JOURNAL_VERSION } from '../../../src/journal/codec.ts';
import { computeCrc32c } from '../../../src/journal/crc32c.ts';
import { isJournalEvent, type JournalEvent, type JournalRecord } from '../../../src/journal/events.ts';
import { EXIT, Failure } from '../../../src/report/failure.ts';

const text = fc.string({ unit: 'binary' });
const event: fc.Arbitrary<JournalEvent> = fc.oneof(
  fc.record({
    type: fc.constant('operation-started' as const),
    operation: text,
    guest: text,
    route: text,
    planHash: text,
    replaces: fc.option(text),
    relight: text,
  }),
  fc.record({
    type: fc.constant('action-intent' as const),
    action: text,
    phase: fc.constantFrom('storage' as const, 'commit' as const),
  }),
  fc.record({
    type: fc.constantFrom('action-done' as const, 'undo-intent' as const, 'undo-done' as const),
    action: text,
  }),
  fc.record({
    type: fc.constantFrom('action-failed' as const, 'undo-failed' as const),
    action: text,
    message: text,
  }),
  fc.record({ type: fc.constantFrom('committed' as const, 'finished' as const, 'rolled-back' as const) }),
  fc.record({ type: fc.constant('needs-person' as const), message: text }),
  fc.record({ type: fc.constant('note' as const), text }),
);
const journal = fc
  .array(fc.record({ event, time: fc.constant('2026-01-02T03:04:05.678Z') }), { minLength: 1, maxLength: 8 })
  .map((items): JournalRecord[] => items.map((item, index) => ({ sequence: index + 1, ...item })));

const encode = (records: readonly JournalRecord[]) => Buffer.from(records.map(encodeRecord).join(''), 'utf8');
// Lone surrogates have no UTF-8: JSON writes them as escapes, and they come back.
const failureOf = (act: () => unknown): Failure | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
};

describe('computeCrc32c', () => {
  it('gives the values of RFC 3720, B.4', () => {
    const bytes = (make: (index: number) => number) =>
      Uint8Array.from({ length: 32 }, (_, index) => make(index));
    expect(computeCrc32c(bytes(() => 0))).toBe(0x8a9136aa);
    expect(computeCrc32c(bytes(() => 0xff))).toBe(0x62a8ab43);
    expect(computeCrc32c(bytes((index) => index))).toBe(0x46dd794e);
    expect(computeCrc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});

describe('the journal as text', () => {
  it('reads back exactly what was written', () => {
    fc.assert(
      fc.property(journal, (records) => {
        const bytes = encode(records);
        expect(decodeJournal(bytes)).toEqual({ records, validLength: bytes.length, tornLength: 0 });
      }),
    );
  });

  it('is one line of JSON a record', () => {
    fc.assert(
      fc.property(journal, (records) => {
        const lines = encode(records).toString('utf8').split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.map((line) => JSON.parse(line).seq)).toEqual(records.map((record) => record.sequence));
      }),
    );
  });

  it('gives the whole records of a journal that was cut off anywhere', () => {
    fc.assert(
      fc.property(journal, fc.double({ min: 0, max: 1, noNaN: true }), (records, share) => {
        const bytes = encode(records);
        const cut = Math.floor(share * bytes.length);
        const ends = records.map((_, index) => encode(records.slice(0, index + 1)).length);
        const whole = ends.filter((end) => end <= cut).length;
        const validLength = ends[whole - 1] ?? 0;
        expect(decodeJournal(bytes.subarray(0, cut))).toEqual({
          records: records.slice(0, whole),
          validLength,
          tornLength: cut - validLength,
        });
      }),
    );
  });

  it('takes zeros, which a file system may leave after a power cut, for a torn record', () => {
    fc.assert(
      fc.property(journal, fc.integer({ min: 1, max: 5000 }), (records, count) => {
        const bytes = encode(records);
        const decoded = decodeJournal(Buffer.concat([bytes, Buffer.alloc(count)]));
        expect(decoded).toEqual({ records, validLength: bytes.length, tornLength: count });
      }),
    );
  });

  it('never believes a journal with a flipped bit', () => {
    fc.assert(
      fc.property(journal, fc.nat(), fc.integer({ min: 0, max: 7 }), (records, place, bit) => {
        const bytes = encode(records);
        const at = place % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        const damaged = records.findIndex((_, index) => encode(records.slice(0, index + 1)).length > at);
        let decoded: readonly JournalRecord[];
        try {
          decoded = decodeJournal(bytes).records;
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        // Not refused: then it is the last record, or its line end, and it counts as torn.
        expect(damaged).toBeGreaterThanOrEqual(records.length - 2);
        expect(decoded).toEqual(records.slice(0, decoded.length));
        expect(decoded.length).toBeLessThan(records.length);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a bad record in the middle, a missing one, and a repeated one', () => {
    const lines = [1, 2, 3].map((sequence) =>
      encodeRecord({ sequence, time: 't', event: { type: 'note', text: `n${sequence}` } }),
    );
    const [one = '', two = '', three = ''] = lines;
    for (const broken of [
      [one, 'garbage\n', three],
      [one, '\n', two],
      [one, three],
      [one, one, two],
      [two],
    ]) {
      const failure = failureOf(() => decodeJournal(Buffer.from(broken.join(''))));
      expect(failure).toMatchObject({ code: 'RL0631', status: EXIT.needsPerson });
    }
  });

  it('refuses a later format by its number, and says what wrote it', () => {
    const event = { type: 'operation-started', relight: '9.1.0' };
    for (const line of [
      JSON.stringify({ format: JOURNAL_VERSION + 1, seq: 1, event }),
      reseal({ format: JOURNAL_VERSION + 1, seq: 1, time: 't', event }),
    ]) {
      const failure = failureOf(() => decodeJournal(Buffer.from(`${line}\n`)));
      expect(failure).toMatchObject({ code: 'RL0632', status: EXIT.notReady });
      expect(failure?.message).toContain('format 2, written by relight 9.1.0');
    }
  });

  it('refuses an event that it does not know, or one without its fields', () => {
    for (const event of [
      { type: 'later' },
      { type: 'note' },
      { type: 'action-done', action: 1 },
      { type: 'toString' },
      null,
    ]) {
      expect(isJournalEvent(event)).toBe(false);
      const line = reseal({ format: JOURNAL_VERSION, seq: 1, time: 't', event });
      expect(failureOf(() => decodeJournal(Buffer.from(`${line}\n`)))?.code).toBe('RL0632');
    }
  });
});

function reseal(value: unknown): string {
  const body = JSON.stringify(value).slice(0, -1);
  const bytes = Buffer.from(body);
  return `${body},"length":${bytes.length},"crc":"${computeCrc32c(bytes).toString(16).padStart(8, '0')}"}`;
}
