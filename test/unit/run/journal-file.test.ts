import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/report/failure.ts';
import { createJournal, openJournal, readJournal, reservePath } from '../../../src/run/journal-file.ts';
import { createRunner } from '../../../src/run/runner-spawn.ts';
import { bundleProgram } from '../../support/bundle.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const now = () => '2026-01-02T03:04:05.000Z';
const note = (text: string) => ({ type: 'note', text }) as const;

describe('the journal file', () => {
  it('appends records that are read back, also by a second run', () => {
    const path = `${directory}/journal`;
    const first = createJournal(path, now);
    expect(first.append(note('one'))).toEqual({ sequence: 1, time: now(), event: note('one') });
    first.close();
    const second = openJournal(path, now);
    second.append(note('two'));
    second.close();
    expect(second.records.map((record) => record.sequence)).toEqual([1, 2]);
    expect(readJournal(path)).toMatchObject({ records: second.records, tornLength: 0 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(reservePath(path)).blocks * 512).toBeGreaterThanOrEqual(1024 * 1024);
  });

  it('never begins over another journal', () => {
    createJournal(`${directory}/journal`, now).close();
    expect(() => createJournal(`${directory}/journal`, now)).toThrow(/EEXIST/);
  });

  it('cuts a torn record away before it goes on, and says so', () => {
    const path = `${directory}/journal`;
    const first = createJournal(path, now);
    first.append(note('one'));
    first.close();
    appendFileSync(path, '{"format":1,"seq":2,"ti');
    expect(readJournal(path)).toMatchObject({ tornLength: 23 });
    const second = openJournal(path, now);
    expect(second.tornLength).toBe(23);
    second.append(note('two'));
    second.close();
    expect(readJournal(path).records.map(({ event }) => event)).toEqual([note('one'), note('two')]);
  });

  it('refuses a damaged journal and leaves it as it is', () => {
    const path = `${directory}/journal`;
    const journal = createJournal(path, now);
    journal.append(note('one'));
    journal.append(note('two'));
    journal.close();
    const damaged = readFileSync(path, 'utf8').replace('one', 'two');
    writeFileSync(path, damaged);
    expect(() => openJournal(path, now)).toThrow(Failure);
    expect(readFileSync(path, 'utf8')).toBe(damaged);
  });
});

const PROGRAM = `
import { createJournal, openJournal } from '@src/run/journal-file.ts';
import { existsSync } from 'node:fs';
const [path, count] = process.argv.slice(2);
const now = () => '2026-01-02T03:04:05.000Z';
const journal = existsSync(path) ? openJournal(path, now) : createJournal(path, now);
try {
  for (let index = 0; index < Number(count); index += 1) journal.append({ type: 'note', text: 'n' + index });
} catch (error) {
  console.log(error.code + ' ' + error.message);
  try { journal.append({ type: 'note', text: 'again' }); } catch { console.log('still broken'); }
}
`;

describe('the journal file under faults (strace)', () => {
  const runner = createRunner({ environment: process.env });
  const inject = async (fault: string, count: number) => {
    const program = `${directory}/program.mjs`;
    bundleProgram(PROGRAM, program);
    const path = `${directory}/journal`;
    const strace = ['strace', '-o', '/dev/null', '-P', path, '-e', 'trace=all', '-e', `inject=${fault}`];
    const argv = [...strace, process.execPath, program, path, String(count)];
    const result = await runner.run({ argv, deadlineSeconds: 60 });
    return { ...result, path };
  };

  it('gives its reserve back on a full disk, and goes on', async () => {
    const { path, stdout } = await inject('write:error=ENOSPC:when=3', 5);
    expect(stdout).toBe('');
    expect(readJournal(path).records).toHaveLength(5);
    expect(existsSync(reservePath(path))).toBe(false);
  });

  it('fails when the disk stays full, and does not try again', async () => {
    const { path, stdout } = await inject('write:error=ENOSPC:when=3+', 5);
    expect(stdout).toMatch(/^RL0633 .*ENOSPC[^\n]*\nstill broken\n$/);
    expect(readJournal(path)).toMatchObject({ records: { length: 2 }, tornLength: 0 });
  });

  it('never takes a failed sync for a success', async () => {
    const { path, stdout } = await inject('fsync:error=EIO:when=2', 5);
    expect(stdout).toMatch(/^RL0633 .*EIO[^\n]*\nstill broken\n$/);
    expect(readJournal(path).records.length).toBeLessThanOrEqual(2);
  });

  it('reads to its last whole record after kill -9 at any sync', async () => {
    for (const number of [1, 2, 4]) {
      rmSync(`${directory}/journal`, { force: true });
      const { path, signal } = await inject(`fsync:signal=KILL:when=${number}`, 5);
      expect(signal).toBe('SIGKILL');
      expect(readJournal(path).records.length).toBe(number);
    }
  });
});
