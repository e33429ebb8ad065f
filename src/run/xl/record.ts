import { readBootId } from '../boot-id.ts';
import { pathExists, readTextFile, removeFile, writeFileAtomically } from '../files.ts';
import { isAlive, type ProcessIdentity } from '../qemu/process.ts';

/** What relight remembers of a domain that it has started. */
export interface XlRecord {
  readonly version: 1;
  /** The kernel's own name for this boot: domain and process numbers begin anew with each. */
  readonly boot: string;
  /** `starting`: the domain exists at most paused, and has never run. */
  readonly state: 'starting' | 'started';
  readonly domid: number | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The process that writes the console's bytes into the log. */
  readonly reader: ProcessIdentity | undefined;
}

const locate = (runtime: string, name: string) => `${runtime}/${name}.domain`;

export function writeXlRecord(
  runtime: string,
  name: string,
  record: Omit<XlRecord, 'version' | 'boot'>,
): void {
  writeFileAtomically(
    locate(runtime, name),
    `${JSON.stringify({ version: 1, boot: readBootId(), ...record } satisfies XlRecord)}\n`,
    0o600,
  );
}

/** Undefined, too, for a record from before this machine booted. */
export function readXlRecord(runtime: string, name: string): XlRecord | undefined {
  const path = locate(runtime, name);
  if (!pathExists(path)) return undefined;
  try {
    const record = JSON.parse(readTextFile(path)) as XlRecord;
    return record.version === 1 && record.boot === readBootId() ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Ends the console's reader and takes the record away. Absent is fine. */
export function forgetXlRecord(runtime: string, name: string): void {
  releaseXlConsole(runtime, name);
  removeFile(locate(runtime, name));
}

/** Ends the console's reader: while it reads, nobody else can use `xl console` (xenconsole locks the console). */
export function releaseXlConsole(runtime: string, name: string): void {
  const reader = readXlRecord(runtime, name)?.reader;
  if (reader === undefined || !isAlive(reader)) return;
  try {
    process.kill(reader.pid, 'SIGTERM');
  } catch {
    // It ended by itself meanwhile.
  }
}
