import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Step } from '../../plan/types.ts';
import { setAssignments } from '../../render/assignments.ts';
import { EXIT } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import {
  makeDirectory,
  pathExists,
  readTextFile,
  removeFile,
  statPath,
  writeFileAtomically,
} from '../files.ts';

/** What was there before a step, and what the step made of it: enough to put it back, or to see that somebody else wrote. */
interface KeptFile {
  readonly path: string;
  /** Undefined: there was no such file. */
  readonly before: { readonly text: string; readonly mode: number } | undefined;
  /** SHA-256 of what the step wrote. */
  readonly after: string;
}

/** Writes the file, unless it is that already. @throws Failure RL1402 when it is not what the plan saw */
export function replaceHostFile(step: Extract<Step, { do: 'replace-host-file' }>): void {
  const found = readHostFile(step.path);
  const hash = found === undefined ? undefined : hashText(found.text);
  if (hash === hashText(step.content) && found?.mode === step.mode) return;
  if (hash !== step.before && hash !== hashText(step.content)) {
    throw makeFailure(EXIT.failed, 'RL1402', { path: step.path });
  }
  replace(step.path, step.kept, found, step.content, step.mode);
}

/** Sets the variables, unless they are set so already. A missing file is made. */
export function setHostAssignments(step: Extract<Step, { do: 'set-assignments' }>): void {
  const found = readHostFile(step.path);
  const content = setAssignments(found?.text ?? '', step.values);
  if (content === found?.text) return;
  replace(step.path, step.kept, found, content, found?.mode ?? 0o644);
}

/** @throws Failure RL1403 when the file is neither what was written nor what was there before */
export function returnHostFile(step: Extract<Step, { do: 'return-host-file' }>): void {
  if (!pathExists(step.kept)) return;
  const kept = JSON.parse(readTextFile(step.kept)) as KeptFile;
  const found = readHostFile(step.path);
  if (found?.text === kept.before?.text) return;
  if (found === undefined || hashText(found.text) !== kept.after) {
    throw makeFailure(EXIT.needsPerson, 'RL1403', { path: step.path, kept: step.kept });
  }
  if (kept.before === undefined) removeFile(step.path);
  else writeFileAtomically(step.path, kept.before.text, kept.before.mode);
}

function replace(
  path: string,
  kept: string,
  before: KeptFile['before'],
  content: string,
  mode: number,
): void {
  // Done a second time after a kill, the first copy is the true one.
  if (!pathExists(kept)) {
    const record: KeptFile = { path, before, after: hashText(content) };
    makeDirectory(dirname(kept), 0o700);
    writeFileAtomically(kept, `${JSON.stringify(record)}\n`, 0o600);
  }
  makeDirectory(dirname(path), 0o755);
  writeFileAtomically(path, content, mode);
}

/** @throws Failure RL1401 for a symbolic link or anything else but a file: it is somebody's arrangement */
export function readHostFile(path: string): { text: string; mode: number } | undefined {
  const found = statPath(path);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw makeFailure(EXIT.notReady, 'RL1401', { path });
  return { text: readTextFile(path), mode: found.mode & 0o7777 };
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
