import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanControl, openRunLog } from '../../../src/run/logs.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'logs-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('openRunLog', () => {
  it('writes dated, clean lines into a private file', () => {
    const log = openRunLog(`${directory}/logs`, 'web1', () => '2026-01-02T03:04:05.678Z');
    log.write('one \x1b[2Jtwo\nthree');
    log.close();
    log.write('after');
    log.close();
    expect(log.path).toBe(`${directory}/logs/web1-2026-01-02T030405678Z-${process.pid}.log`);
    expect(readFileSync(log.path, 'utf8')).toBe('2026-01-02T03:04:05.678Z one twothree\n');
    expect([statSync(log.path).mode & 0o777, statSync(`${directory}/logs`).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
  });

  it('keeps twenty logs a name, the newest, and touches no other file', () => {
    const others = ['web1-extra-2020-01-01T000000000Z-1.log', 'web1.log', 'web1-notes'];
    for (const name of others) writeFileSync(`${directory}/${name}`, '');
    for (let day = 10; day < 35; day += 1) {
      writeFileSync(`${directory}/web1-2025-01-${day}T000000000Z-9.log`, '');
    }
    const log = openRunLog(directory, 'web1', () => '2026-01-02T03:04:05.678Z');
    log.close();
    const left = readdirSync(directory).filter((name) => !others.includes(name));
    expect(left).toHaveLength(20);
    expect(left.sort()[0]).toBe('web1-2025-01-16T000000000Z-9.log');
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(others));
  });
});

describe('cleanControl', () => {
  it('leaves no control character, whatever comes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\x1b[',
        '\x1b]0;',
        '\x1b',
        '\x07',
        '\x9b',
        '31m',
        '\x00',
        '\r',
        'text',
        '\x1b\\',
        '\x1bP',
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(cleanControl(pieces.join(''))).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/);
      }),
    );
  });

  it('keeps plain text and tabs', () => {
    expect(cleanControl('a\tb ä 😀')).toBe('a\tb ä 😀');
    expect(cleanControl('\x1b[1;31mred\x1b[0m \x1b]0;title\x07x')).toBe('red x');
  });
});
