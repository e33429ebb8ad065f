import { closeSync } from 'node:fs';
import { execa, type Options } from 'execa';
import { describeErrno } from './files.ts';
import type { CommandRequest, CommandResult, Runner } from './runner.ts';
import { type Descriptors, isProgram, openDescriptors, readBytes } from './runner-descriptors.ts';
import { rebuildEnvironment } from './runner-environment.ts';
import { GRACE_MS, GroupStopper } from './runner-group.ts';
import { CappedOutput, LineSplitter } from './runner-output.ts';

export interface RunnerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** When it aborts, the running command's group is stopped and later commands do not start. */
  readonly signal?: AbortSignal;
  /** The descriptor of the guest's lock, which every command inherits as descriptor 3. */
  readonly lockDescriptor?: number;
}

/** How long after a command's end its output may be held open by something that it left behind. */
const DRAIN_MS = 2000;
/** `timeout` (coreutils) is the second line of defence: it acts when relight itself was killed. */
const BACKSTOP_SECONDS = 15;
/** Closes descriptor 3 and becomes the command: a constant program, the command stays an argument list. */
const WITHOUT_LOCK = ['perl', '-e', 'open(L, "<&=3") and close(L); exec {$ARGV[0]} @ARGV or exit 127', '--'];

/** The real runner: the only place of the project that starts a process. */
export function createRunner(options: RunnerOptions): Runner {
  return { run: (request) => runCommand(request, options) };
}

async function runCommand(request: CommandRequest, options: RunnerOptions): Promise<CommandResult> {
  const started = performance.now();
  const environment = rebuildEnvironment(options.environment, request.environment);
  const program = request.argv[0] ?? '';
  const end = (part: Partial<CommandResult>) => makeResult(request, performance.now() - started, part);
  if (options.signal?.aborted === true && request.detached !== true) return end({ aborted: true });
  if (!isProgram(program, environment.PATH ?? '')) {
    return end({ missing: true, stderr: `${program}: not found on PATH` });
  }
  let descriptors: Descriptors;
  try {
    descriptors = openDescriptors(request);
  } catch (error) {
    return end({ stderr: `${describeErrno(error)}\n` });
  }
  try {
    if (request.detached === true) return end(await startDetached(request, environment, descriptors));
    return end(await runToEnd(request, environment, descriptors, options));
  } finally {
    for (const descriptor of [descriptors.input, descriptors.output]) {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

async function runToEnd(
  request: CommandRequest,
  environment: Record<string, string>,
  descriptors: Descriptors,
  options: RunnerOptions,
): Promise<Partial<CommandResult>> {
  const bytes = readBytes(request);
  const subprocess = spawn(
    wrapCommand(request, options.lockDescriptor !== undefined),
    [
      bytes === undefined ? (descriptors.input ?? 'ignore') : 'pipe',
      descriptors.output ?? 'pipe',
      'pipe',
      ...(options.lockDescriptor === undefined ? [] : [options.lockDescriptor]),
    ],
    environment,
    bytes,
  );
  const stopper = new GroupStopper(subprocess.pid);
  const piped =
    request.onBytes === undefined ? undefined : passBytes(subprocess.stdout, request.onBytes, stopper);
  const stdout = piped ?? collect(subprocess.stdout, 'stdout', request.onLine);
  const stderr = collect(subprocess.stderr, 'stderr', request.onLine);
  let timedOut = false;
  let aborted = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stopper.stop();
  }, request.deadlineSeconds * 1000);
  const onAbort = () => {
    aborted = true;
    stopper.stop();
  };
  options.signal?.addEventListener('abort', onAbort, { once: true });
  let drain: NodeJS.Timeout | undefined;
  subprocess.once('exit', () => {
    drain = setTimeout(() => {
      subprocess.stdout?.destroy();
      subprocess.stderr?.destroy();
    }, DRAIN_MS);
  });
  const result = await subprocess;
  clearTimeout(timer);
  clearTimeout(drain);
  options.signal?.removeEventListener('abort', onAbort);
  stopper.finish();
  if (piped?.error !== undefined) throw piped.error;
  const part = { pid: subprocess.pid, stdout: stdout.finish(), stderr: stderr.finish(), timedOut, aborted };
  const signal = result.signal ?? null;
  if (result.exitCode === undefined && signal === null) {
    return { ...part, stderr: `${part.stderr}${result.shortMessage ?? 'could not be started'}\n` };
  }
  return { ...part, status: result.exitCode ?? null, signal };
}

async function startDetached(
  request: CommandRequest,
  environment: Record<string, string>,
  descriptors: Descriptors,
): Promise<Partial<CommandResult>> {
  const output = descriptors.output ?? 'ignore';
  const input = descriptors.input ?? 'ignore';
  const subprocess = spawn(request.argv, [input, output, output], environment, undefined);
  await new Promise<void>((resolve) => {
    subprocess.once('spawn', resolve);
    subprocess.once('error', () => resolve());
  });
  subprocess.unref();
  return { pid: subprocess.pid, status: subprocess.pid === undefined ? null : 0 };
}

function spawn(
  argv: readonly string[],
  stdio: readonly ('ignore' | 'pipe' | number)[],
  env: Record<string, string>,
  input: string | Uint8Array | undefined,
) {
  const [file = '', ...args] = argv;
  const options: Options & { buffer: false; reject: false } = {
    ...(input === undefined ? {} : { input }),
    stdio: stdio as NonNullable<Options['stdio']>,
    env,
    extendEnv: false,
    // A session of its own, hence a process group of its own, which can be stopped as a whole.
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  };
  return execa(file, args, options);
}

/** Puts `timeout` before the command: it keeps the lock for programs that close it (LVM does), and ends orphans. */
function wrapCommand(request: CommandRequest, hasLock: boolean): string[] {
  const backstop = [
    'timeout',
    `--kill-after=${GRACE_MS / 1000}`,
    `${request.deadlineSeconds + BACKSTOP_SECONDS}`,
  ];
  const dropLock = hasLock && request.keepLock === false ? WITHOUT_LOCK : [];
  return [...backstop, ...dropLock, ...request.argv];
}

function collect(
  stream: NodeJS.ReadableStream | null,
  name: 'stdout' | 'stderr',
  onLine: CommandRequest['onLine'],
): { finish(): string } {
  const output = new CappedOutput();
  const lines = new LineSplitter((line) => onLine?.(name, line));
  stream?.on('data', (chunk: Buffer) => {
    output.add(chunk);
    lines.add(chunk);
  });
  return {
    finish: () => {
      lines.end();
      return output.text();
    },
  };
}

/** Hands bytes on. The first error of the receiver stops the command; it is thrown when the command has ended. */
function passBytes(
  stream: NodeJS.ReadableStream | null,
  onBytes: NonNullable<CommandRequest['onBytes']>,
  stopper: GroupStopper,
): { finish(): string; error: unknown } {
  const piped = { finish: () => '', error: undefined as unknown };
  stream?.on('data', (chunk: Buffer) => {
    if (piped.error !== undefined) return;
    const stop = (error: unknown) => {
      piped.error ??= error;
      stopper.stop();
    };
    try {
      const waiting = onBytes(chunk);
      if (!(waiting instanceof Promise)) return;
      stream.pause();
      waiting.then(
        () => stream.resume(),
        (error) => {
          stop(error);
          stream.resume();
        },
      );
    } catch (error) {
      stop(error);
    }
  });
  return piped;
}

function makeResult(
  request: CommandRequest,
  durationMs: number,
  part: Partial<CommandResult>,
): CommandResult {
  const status = part.status ?? null;
  const accepted = status === 0 || (status !== null && (request.accept ?? []).includes(status));
  const stopped = part.timedOut === true || part.aborted === true || part.missing === true;
  return {
    argv: request.argv,
    pid: undefined,
    signal: null,
    stdout: '',
    stderr: '',
    timedOut: false,
    aborted: false,
    missing: false,
    ...part,
    status,
    durationMs,
    failed: stopped || !accepted,
  };
}
