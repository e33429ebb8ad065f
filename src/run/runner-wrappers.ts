import { type CommandRequest, type CommandResult, describeEnd, type Runner } from './runner.ts';

/** Where a wrapper writes what it sees. */
export interface CommandLog {
  /** One line, without its end. */
  write(line: string): void;
}

/** Runs nothing: prints each command and reports success. */
export function createDryRunner(print: (line: string) => void): Runner {
  return {
    run: async (request) => {
      print(formatCommand(request.argv));
      return makeSuccess(request);
    },
  };
}

/**
 * Writes every command, every line of its output and its end to the log. Put it outside of `withRedaction`, so that
 * only redacted text comes by.
 */
export function withLog(runner: Runner, log: CommandLog): Runner {
  return {
    run: async (request) => {
      log.write(`$ ${formatCommand(request.argv)}`);
      const result = await runner.run({
        ...request,
        onLine: (stream, line) => {
          log.write(`${stream === 'stderr' ? '!' : '|'} ${line}`);
          request.onLine?.(stream, line);
        },
      });
      log.write(`= ${result.argv[0]} ${describeEnd(result)} (${Math.round(result.durationMs)} ms)`);
      return result;
    },
  };
}

/** Says each command with its duration when it has ended (`-v`). */
export function withVerbose(runner: Runner, say: (line: string) => void): Runner {
  return {
    run: async (request) => {
      const result = await runner.run(request);
      const seconds = (result.durationMs / 1000).toFixed(2);
      const failed = result.failed ? ` (${describeEnd(result)})` : '';
      say(`${seconds.padStart(8)} s  ${formatCommand(result.argv)}${failed}`);
      return result;
    },
  };
}

/**
 * Replaces known secrets in all that leaves a command: its lines, its output, its arguments. Standard output that is a
 * secret itself (`secretOutput`) comes back as it is and has no lines.
 */
export function withRedaction(runner: Runner, redact: (text: string) => string): Runner {
  return {
    run: async (request) => {
      const { onLine } = request;
      const result = await runner.run({
        ...request,
        onLine: (stream, line) => {
          if (request.secretOutput !== true || stream === 'stderr') onLine?.(stream, redact(line));
        },
      });
      return {
        ...result,
        argv: result.argv.map(redact),
        stdout: request.secretOutput === true ? result.stdout : redact(result.stdout),
        stderr: redact(result.stderr),
      };
    },
  };
}

export function makeSuccess(request: CommandRequest, stdout = ''): CommandResult {
  return {
    argv: request.argv,
    pid: undefined,
    status: 0,
    signal: null,
    stdout,
    stderr: '',
    durationMs: 0,
    timedOut: false,
    aborted: false,
    missing: false,
    failed: false,
  };
}

/** An argument list as a person would type it; for reading and copying, never for running. */
export function formatCommand(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./~-]+$/.test(word)) return word;
  if (/[\x00-\x1f\x7f]/.test(word)) {
    const escaped = JSON.stringify(word).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"');
    return `$'${escaped}'`;
  }
  return `'${word.replaceAll("'", "'\\''")}'`;
}
