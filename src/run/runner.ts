import { PACKAGE_OF } from '../host/programs.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { nameCommand } from '../tools/chroot.ts';
import { cleanControl } from './logs.ts';

/** What to run. `argv` never goes through a shell; a secret never goes into `argv` or `environment`. */
export interface CommandRequest {
  readonly argv: readonly string[];
  /** Closed unless given. */
  readonly stdin?: string | Uint8Array | { readonly file: string };
  /** Added to the rebuilt environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** After this time the whole process group gets SIGTERM, and SIGKILL five seconds later. */
  readonly deadlineSeconds: number;
  /** Exit statuses that count as success besides 0. */
  readonly accept?: readonly number[];
  /** Called for every line of output, without its end. A carriage return ends a line too. */
  readonly onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
  /**
   * Standard output comes here as it is, piece by piece, and not into the result. The command waits while it is worked
   * on, and until a promise that it returns is fulfilled. What it throws ends the command and comes out of `run`.
   */
  readonly onBytes?: (bytes: Buffer) => unknown;
  /** Standard output goes to this file (created, or cut to nothing; mode 0600) instead of into the result. */
  readonly outputFile?: string;
  /**
   * False: the command and what it leaves behind do not inherit the guest's lock, as `xl create` needs whose monitor
   * lives as long as the guest. The lock still holds until the command itself ends.
   */
  readonly keepLock?: boolean;
  /** Start it in the background, without the lock and without a deadline; the result has its pid. */
  readonly detached?: boolean;
  /** Standard output is a secret: it reaches the result as it is, and no log. */
  readonly secretOutput?: boolean;
}

/** How a command ended. The shape is the same whether it succeeded or not. */
export interface CommandResult {
  readonly argv: readonly string[];
  /** Undefined when it never started. */
  readonly pid: number | undefined;
  /** Null when a signal ended it, or when it never started. */
  readonly status: number | null;
  readonly signal: string | null;
  /** At most 1 MiB each: the first and the last half of longer output, with a note between them. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
  /** The run was interrupted (Ctrl-C, SIGTERM) and took the command with it. */
  readonly aborted: boolean;
  /** There is no such program on PATH. */
  readonly missing: boolean;
  readonly failed: boolean;
}

export interface Runner {
  /** Never rejects because of the command itself: look at `failed`, or use `requireSuccess`. */
  run(request: CommandRequest): Promise<CommandResult>;
}

const SHOWN_LINES = 20;

/**
 * Hands the result back when the command succeeded.
 * @throws Failure with the program, how it ended, the last lines of its standard error, and where the whole log is
 */
export function requireSuccess(result: CommandResult, options: { logPath?: string } = {}): CommandResult {
  if (!result.failed) return result;
  const program = result.argv[0] ?? '';
  const log = options.logPath === undefined ? undefined : `the whole output is in ${options.logPath}`;
  if (result.aborted)
    throw new Failure(EXIT.interrupted, 'RL0604', `interrupted while ${nameCommand(result.argv)} ran`, log);
  if (result.missing) {
    const name = Object.hasOwn(PACKAGE_OF, program) ? PACKAGE_OF[program] : undefined;
    const hint =
      name === undefined
        ? `install the package that brings ${program}`
        : `install it: apt-get install ${name}`;
    throw new Failure(EXIT.notReady, 'RL0602', `the program ${program} is not on PATH`, hint);
  }
  const message = [
    `${nameCommand(result.argv)} ${describeEnd(result)}`,
    ...lastLines(result.stderr || result.stdout),
  ];
  throw new Failure(EXIT.failed, result.timedOut ? 'RL0603' : 'RL0601', message.join('\n  '), log);
}

/** In words how a command ended, such as `failed with status 5`. */
export function describeEnd(result: CommandResult): string {
  const seconds = (result.durationMs / 1000).toFixed(1);
  if (result.missing) return 'is not on PATH';
  if (result.timedOut) return `did not end before its deadline and was stopped after ${seconds} s`;
  if (result.aborted) return 'was interrupted';
  if (result.signal !== null) return `was ended by ${result.signal}`;
  return result.failed ? `failed with status ${result.status}` : `ended with status ${result.status}`;
}

function lastLines(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .map(cleanControl)
    .filter((line) => line.trim() !== '')
    .slice(-SHOWN_LINES);
}
