import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from './session.ts';

/** A row of the boot table, with what is known of it: a change in either direction fails the run. */
export interface Row {
  readonly name: string;
  readonly suite: 'trixie' | 'bookworm';
  readonly guest: 'pv' | 'pvh' | 'hvm';
  readonly boot: 'direct' | 'grub' | 'pygrub' | 'bios' | 'uefi';
  readonly boots: boolean;
}

/** What the lab measured. Seconds from `xl create` to the ready line, under emulation. */
export interface RowResult {
  readonly suite: string;
  readonly guest: string;
  readonly boot: string;
  readonly xen: string;
  /** Undefined in the kept table: the emulation was too slow to tell; `reached` says how far it came. */
  readonly boots: boolean | undefined;
  readonly reached: string;
  readonly seconds: number | undefined;
  /** As the guest itself says in its ready line (/sys/hypervisor/guest_type). */
  readonly type: string | undefined;
  readonly kernel: string | undefined;
  readonly evidence: readonly string[];
}

const METHODS = [
  ['pv', 'direct', true],
  ['pv', 'grub', true],
  ['pv', 'pygrub', true],
  ['pvh', 'direct', true],
  ['pvh', 'grub', true],
  ['pvh', 'pygrub', true],
  ['hvm', 'direct', true],
  ['hvm', 'bios', true],
  ['hvm', 'uefi', true],
] as const;

export const ROWS: readonly Row[] = (['trixie', 'bookworm'] as const).flatMap((suite) =>
  METHODS.map(([guest, boot, boots]) => ({
    name: `${suite}-${guest}-${boot}`,
    suite,
    guest,
    boot,
    // The PV loader of grub-xen cannot unpack the zstd kernel of trixie.
    boots: boots && !(suite === 'trixie' && guest === 'pv' && boot === 'grub'),
  })),
);

/** Puts a verdict of boot-row.sh into the form that is kept, with the lines that show it. */
export function describeRow(row: Row, verdict: Verdict, xen: string): RowResult {
  const line = readLine(verdict.folder, 'row-ready').trim();
  const facts: Record<string, string> =
    line === '' ? {} : JSON.parse(line.replace(/^relight-ready lab /, ''));
  const console = readLine(verdict.folder, 'console.txt')
    .replace(/\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>c])|\r/g, '')
    .split('\n')
    .filter((text) => text.trim() !== '');
  const complaints = readLine(verdict.folder, 'row-xl-dmesg')
    .split('\n')
    .filter((text) => /failed|error|mismatch|crash|Unhandled/i.test(text));
  return {
    suite: row.suite,
    guest: row.guest,
    boot: row.boot,
    xen,
    boots: line !== '',
    reached: line === '' ? (console.at(-1) ?? 'nothing') : 'the ready line',
    seconds: line === '' ? undefined : Number(readLine(verdict.folder, 'row-seconds')),
    type: facts.type,
    kernel: facts.kernel,
    evidence: line === '' ? [...console.slice(-8), ...complaints.slice(0, 6)] : [line],
  };
}

/** New rows in the place of old ones, in the order of the table. */
export function mergeRows(kept: readonly RowResult[], measured: readonly RowResult[]): RowResult[] {
  const key = (row: Pick<RowResult, 'suite' | 'guest' | 'boot'> & { xen: string }) =>
    `${row.xen} ${row.suite}-${row.guest}-${row.boot}`;
  const rows = new Map([...kept, ...measured].map((row) => [key(row), row]));
  const place = (row: RowResult) =>
    ROWS.findIndex((known) => known.name === `${row.suite}-${row.guest}-${row.boot}`);
  return [...rows.values()].sort((a, b) => b.xen.localeCompare(a.xen) || place(a) - place(b));
}

function readLine(folder: string, name: string): string {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
