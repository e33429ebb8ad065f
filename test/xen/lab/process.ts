import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** What a finished program printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program of this machine and hands back its output; throws with the tail of standard error when it fails.
 * `log` names a file that gets both streams, for builds whose output is long.
 */
export async function runProgram(
  argv: readonly string[],
  options: { log?: string; input?: string; directory?: string } = {},
): Promise<Output> {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
  });
  const text = { stdout: '', stderr: '' };
  const log = options.log === undefined ? undefined : createWriteStream(options.log, { flags: 'a' });
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] = (text[name] + chunk).slice(-1_000_000);
      log?.write(chunk);
    });
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const status = await new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (log !== undefined) await finished(log.end());
  if (status === 0) return text;
  const where = options.log === undefined ? '' : `; all of it: ${options.log}`;
  throw new Error(`${argv.join(' ')} ended with ${status}${where}\n${tail(text.stderr || text.stdout, 30)}`);
}

/** The last lines of a text, for messages. */
export function tail(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
