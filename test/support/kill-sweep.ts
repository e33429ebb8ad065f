import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How one run of the sweep ended. */
export interface SweptRun {
  /** Which fault was set, such as `fsync:signal=KILL:when=3`. */
  readonly fault: string;
  readonly number: number;
  /** True when the fault struck: the program was killed, or a failing call was reached. */
  readonly interrupted: boolean;
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SweepReport {
  readonly runs: readonly SweptRun[];
  /** Runs that the fault interrupted. */
  readonly interrupted: number;
  /** What `check` returned, counted: for the assertion that every kind of outcome was met. */
  readonly outcomes: ReadonlyMap<string, number>;
}

interface SweepOptions {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Makes a fresh world before every run. */
  readonly prepare: (fault: string) => void | Promise<void>;
  /** Looks at what a run left behind, recovers, and looks again. Throws when a promise is broken. Returns the outcome. */
  readonly check: (run: SweptRun) => string | Promise<string>;
  /** Every how manieth place is tried: 1, the default, tries all. */
  readonly step?: number;
  /** Tries these places instead, in this order. Each must be met. */
  readonly numbers?: readonly number[];
  /** Stops a sweep that does not end. Default: 500 places. */
  readonly limit?: number;
}

/**
 * Kills a program at its first, second, third, ... system call of a kind, until a run is left in peace. Each run begins
 * in a fresh world and is checked. strace kills it at the entry of the call: what came before has happened, the call has
 * not. Only the program's own first thread is traced: relight makes these calls there, synchronously, and its children go on
 * as orphans.
 * @throws when the first run is not interrupted: such a sweep would show nothing
 */
export async function sweepSystemCalls(
  options: SweepOptions & {
    /** Default: fsync. Others of interest: rename, openat, unlink, link, ftruncate. */
    readonly call?: string;
    /** Default: `signal=KILL`. `error=ENOSPC` and `error=EIO` make the call fail instead. */
    readonly fault?: string;
    /** Trace only calls on these paths: needed for calls that the runtime itself makes, as `write` and `openat`. */
    readonly paths?: readonly string[];
  },
): Promise<SweepReport> {
  const { call = 'fsync', fault = 'signal=KILL', paths = [] } = options;
  const directory = mkdtempSync(join(tmpdir(), 'strace-'));
  const trace = `${directory}/trace`;
  const filter = paths.flatMap((path) => ['-P', path]);
  try {
    return await sweep(options, (number) => {
      const expression = `${call}:${fault}:when=${number}`;
      const inject = ['-o', trace, '-e', `trace=${call}`, '-e', `inject=${expression}`];
      return {
        fault: expression,
        argv: ['strace', '--quiet=all', ...filter, ...inject, '--', ...options.argv],
        trace,
      };
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Meets a fault at the first, second, third, ... command that the program runs, until a run is left in peace.
 * `setFault` gets `*:N=FAULT` for the fake dom0.
 */
export async function sweepFakeCommands(
  options: SweepOptions & {
    readonly fault?: string;
    readonly setFault: (rule: string) => void;
    /** The whole rule of a place, where `*:N=FAULT` is not meant. */
    readonly ruleOf?: (number: number) => string;
  },
): Promise<SweepReport> {
  return sweep(options, (number) => {
    const rule = options.ruleOf?.(number) ?? `*:${number}=${options.fault}`;
    return { fault: rule, argv: options.argv, arm: () => options.setFault(rule) };
  });
}

interface Place {
  readonly fault: string;
  readonly argv: readonly string[];
  readonly arm?: () => void;
  /** strace's output: it marks the calls that it made to fail. */
  readonly trace?: string;
}

async function sweep(options: SweepOptions, place: (number: number) => Place): Promise<SweepReport> {
  const runs: SweptRun[] = [];
  const outcomes = new Map<string, number>();
  const { limit = 500 } = options;
  for (const number of options.numbers ?? countBy(options.step ?? 1)) {
    if (runs.length >= limit) throw new Error(`the sweep did not end after ${limit} places`);
    const { fault, argv, arm, trace } = place(number);
    await options.prepare(fault);
    arm?.();
    const end = await runOnce(argv, options);
    const struck =
      trace !== undefined && existsSync(trace) && readFileSync(trace, 'utf8').includes('(INJECTED)');
    const killed = end.signal === 'SIGKILL' || end.status === 137;
    const run = { fault, number, interrupted: killed || struck, ...end };
    if (!run.interrupted) {
      if (runs.length > 0 && options.numbers === undefined) break;
      throw new Error(`the sweep interrupted nothing: ${fault} was never met\n${run.stdout}${run.stderr}`);
    }
    runs.push(run);
    const outcome = await named(fault, () => options.check(run));
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return { runs, interrupted: runs.length, outcomes };
}

function* countBy(step: number): Generator<number> {
  for (let number = 1; ; number += step) yield number;
}

/** A broken promise has to say at which fault it broke. */
async function named<T>(fault: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Error(`after ${fault}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function runOnce(
  argv: readonly string[],
  options: SweepOptions,
): Promise<Omit<SweptRun, 'fault' | 'number' | 'interrupted'>> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
  });
  const texts = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString('utf8');
  });
  // 'exit', not 'close': orphans of a killed program may keep its output open.
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, name) => resolve([code, name]));
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [stdout = '', stderr = ''] = texts.map((text) => text());
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  return { status, signal, stdout, stderr };
}
