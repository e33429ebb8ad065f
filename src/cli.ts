import { Command, CommanderError } from 'commander';
import type { CommandContext } from './commands/context.ts';
import { registerCommands } from './commands/register.ts';
import { EXIT, type ExitStatus, Failure } from './report/failure.ts';

/** argv -> command -> exit status. The only place that sets the exit status of the process. */
async function main(): Promise<ExitStatus> {
  const program = new Command('relight');
  let status: ExitStatus = EXIT.done;
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort(name));
  registerCommands(
    program,
    (options) => makeContext(options, controller.signal),
    (result) => {
      status = result;
    },
  );
  try {
    await program.parseAsync(process.argv);
    return status;
  } catch (error) {
    return reportError(controller.signal.aborted && isByInterruption(error) ? INTERRUPTED : error);
  }
}

function makeContext(options: { color?: boolean; verbose?: boolean }, signal: AbortSignal): CommandContext {
  const terminal = process.stderr.isTTY === true;
  const wantsColor = options.color !== false && !process.env.NO_COLOR;
  return {
    print: (text) => process.stdout.write(text),
    say: (text) => process.stderr.write(text),
    environment: process.env,
    workingDirectory: process.cwd(),
    color: wantsColor && process.stdout.isTTY === true,
    terminal,
    verbose: options.verbose === true,
    signal,
  };
}

const INTERRUPTED = new Failure(EXIT.interrupted, 'RL0604', 'interrupted');

/**
 * Ctrl-C reaches the commands that look at this machine, too: what they then fail to say is no lack of this machine. What
 * fails in the middle of changes has said for itself how things stand.
 */
function isByInterruption(error: unknown): boolean {
  if (error instanceof Failure) return error.status === EXIT.notReady;
  return error instanceof Error && error.name === 'AbortError';
}

function reportError(error: unknown): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof Failure) {
    process.stderr.write(`error[${error.code}]: ${error.message}\n`);
    if (error.hint !== undefined) process.stderr.write(`  hint: ${error.hint}\n`);
    return error.status;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`error[RL0001]: an internal error; please report it with this text\n${text}\n`);
  return EXIT.failed;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
});
process.exitCode = await main();
