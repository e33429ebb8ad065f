import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, removeFile, writeAll } from './files.ts';

/** The log of one run: every command with its whole output, dated lines, mode 0600. */
export interface RunLog {
  readonly path: string;
  /** One line, without its end. Control sequences are taken out. A full disk loses log lines, not the run. */
  write(line: string): void;
  close(): void;
}

const KEPT_LOGS = 20;

/** Opens `DIRECTORY/NAME-TIME.log` and removes the oldest logs of that name beyond the last twenty. */
export function openRunLog(directory: string, name: string, now: () => string): RunLog {
  makeDirectory(directory, 0o700);
  const path = join(directory, `${name}-${now().replace(/[:.]/g, '')}-${process.pid}.log`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const file = openSync(path, flags, 0o600);
  removeOldLogs(directory, name);
  let open = true;
  return {
    path,
    write: (line) => {
      if (!open) return;
      try {
        writeAll(file, Buffer.from(`${now()} ${cleanControl(line)}\n`, 'utf8'));
      } catch {
        // The log is for people afterwards; the journal is what must not be lost.
      }
    },
    close: () => {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** Names begin with the time, so that their order is the order of age. Names are allow-listed: no `-` ambiguity. */
function removeOldLogs(directory: string, name: string): void {
  const pattern = /-\d{4}-\d\d-\d\dT\d+Z?-\d+\.log$/;
  const own = readdirSync(directory).filter((entry) => entry.replace(pattern, '') === name);
  for (const entry of own.sort().slice(0, -KEPT_LOGS)) removeFile(join(directory, entry));
}

/** Takes escape sequences (ECMA-48: CSI, OSC, the two-byte ones) and all control characters but tab out of a line. */
export function cleanControl(text: string): string {
  return text
    .replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, '')
    .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?/g, '')
    .replace(/\x1b[ -/]*[0-~]/g, '')
    .replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, '');
}
