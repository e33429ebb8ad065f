import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { CommandRequest } from './runner.ts';

/** Files that become a command's standard input and output. */
export interface Descriptors {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** What is fed to standard input through a pipe, if anything. */
export function readBytes({ stdin }: CommandRequest): string | Uint8Array | undefined {
  return typeof stdin === 'string' || stdin instanceof Uint8Array ? stdin : undefined;
}

/** Opens the files of a request. @throws the system's error, with nothing left open */
export function openDescriptors(request: CommandRequest): Descriptors {
  const { stdin, outputFile } = request;
  const fromFile = stdin !== undefined && typeof stdin === 'object' && 'file' in stdin;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const output = outputFile === undefined ? undefined : openSync(outputFile, flags, 0o600);
  try {
    const input = fromFile ? openSync((stdin as { file: string }).file, 'r') : undefined;
    return { input, output };
  } catch (error) {
    if (output !== undefined) closeSync(output);
    throw error;
  }
}

/** Whether a program can be started, found as execvp(3) finds it. */
export function isProgram(name: string, path: string): boolean {
  const candidates = name.includes('/') ? [name] : path.split(delimiter).map((part) => join(part, name));
  return candidates.some((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}
