import { listDirectory } from '../directory.ts';
import { pathExists, readTextFile, removeFile, writeFileAtomically } from '../files.ts';
import { isAlive, type ProcessIdentity } from './process.ts';

/** What relight remembers of a QEMU guest that it has started. */
export interface DomainRecord {
  readonly version: 1;
  readonly name: string;
  readonly process: ProcessIdentity;
  readonly accelerator: 'kvm' | 'tcg';
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly startedAt: number;
  /** TCP ports of the guest and the ports of 127.0.0.1 that lead there. */
  readonly ports: readonly (readonly [number, number])[];
  readonly console: string;
}

/** Paths of one guest's sockets and records, below the state directory's `run`. */
export function locateRecord(runtime: string, name: string) {
  const base = `${runtime}/${name}`;
  return {
    record: `${base}.json`,
    pidFile: `${base}.pid`,
    controlSocket: `${base}.qmp`,
    variables: `${base}.vars.fd`,
  };
}

export function writeRecord(runtime: string, record: DomainRecord): void {
  writeFileAtomically(locateRecord(runtime, record.name).record, `${JSON.stringify(record)}\n`, 0o600);
}

/** The record of a guest whose process still runs; a stale record is taken away. */
export function readRecord(runtime: string, name: string): DomainRecord | undefined {
  const places = locateRecord(runtime, name);
  if (!pathExists(places.record)) return undefined;
  let record: DomainRecord;
  try {
    record = JSON.parse(readTextFile(places.record)) as DomainRecord;
  } catch {
    return undefined;
  }
  return record.version === 1 && isAlive(record.process) ? record : undefined;
}

/** Takes away what a guest that has ended left behind. */
export function forgetRecord(runtime: string, name: string): void {
  const places = locateRecord(runtime, name);
  for (const path of [places.record, places.pidFile, places.controlSocket]) removeFile(path);
}

export function listRecords(runtime: string): DomainRecord[] {
  if (!pathExists(runtime)) return [];
  return listDirectory(runtime)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readRecord(runtime, file.slice(0, -'.json'.length)))
    .filter((record) => record !== undefined);
}
