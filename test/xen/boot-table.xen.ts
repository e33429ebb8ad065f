import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRow, mergeRows, ROWS, type RowResult } from './lab/boot-rows.ts';
import { chosenFlavour, FLAVOURS } from './lab/flavours.ts';
import { prepareGuest } from './lab/guest-image.ts';
import { LabSession } from './lab/session.ts';

const KEPT = new URL('../../src/release/boot-measured.json', import.meta.url).pathname;
/** Rows wanted, by name; without any, the whole table. */
const only = process.env.RELIGHT_LAB_ONLY?.split(',');
const rows = ROWS.filter((row) => only === undefined || only.some((name) => row.name.includes(name)));

if (rows.length === 0) throw new Error(`no row of the boot table is named like ${only?.join(' or ')}`);

describe('the boot table', () => {
  let session: LabSession;
  const results: RowResult[] = [];

  beforeAll(async () => {
    const suites = ['trixie', 'bookworm'];
    const guests = [];
    for (const suite of suites) guests.push(await prepareGuest(suite));
    session = await LabSession.create('boot-table', { extraDisks: guests.map((guest) => guest.disk) });
    for (const [index, guest] of guests.entries()) {
      const folder = join(session.share, 'guests', suites[index] ?? '');
      mkdirSync(folder, { recursive: true });
      copyFileSync(guest.kernel, join(folder, 'vmlinuz'));
      copyFileSync(guest.initrd, join(folder, 'initrd.img'));
    }
    console.log(`lab: dom0 took jobs after ${await session.boot()} s`);
  });
  afterAll(async () => session?.end());

  for (const row of rows) {
    // HVM takes longer under emulation than anybody waits for: only when it is asked for by name.
    test.skipIf(row.guest === 'hvm' && only === undefined)(row.name, async () => {
      const disk = row.suite === 'trixie' ? '/dev/vdc' : '/dev/vdd';
      // An HVM guest's firmware reads kernel and initrd through emulated ports.
      const deadline = row.guest === 'hvm' ? 2400 : 600;
      const words = [row.suite, row.guest, row.boot, disk, `${deadline}`];
      const verdict = await session.run('boot-row', deadline + 120, words.join(' '));
      const result = describeRow(row, verdict, FLAVOURS[chosenFlavour()].xen);
      results.push(result);
      writeResults(session.folder, results);
      console.log(
        `${row.name}: ${result.boots ? `ready after ${result.seconds} s, ${result.type}` : 'does not boot'}`,
      );
      expect(result.boots, readEvidence(verdict.folder)).toBe(row.boots);
    });
  }
});

/** Into the run's folder, and with RELIGHT_LAB_RECORD into the table that is kept. */
function writeResults(folder: string, results: readonly RowResult[]): void {
  const write = (file: string, rows: readonly RowResult[]) =>
    writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  write(join(folder, 'boot-table.json'), results);
  if (process.env.RELIGHT_LAB_RECORD === undefined) return;
  const kept = existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, 'utf8')) as RowResult[]) : [];
  mkdirSync(dirname(KEPT), { recursive: true });
  write(KEPT, mergeRows(kept, results));
}

function readEvidence(folder: string): string {
  return ['output.log', 'row-xl-dmesg', 'console.txt']
    .map((name) => {
      try {
        return `--- ${name}\n${readFileSync(join(folder, name), 'utf8').slice(-1500)}`;
      } catch {
        return `--- ${name}: none`;
      }
    })
    .join('\n');
}
