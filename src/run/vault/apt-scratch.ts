import { EXIT, type Failure } from '../../report/failure.ts';
import { makeFailure } from '../../report/make-failure.ts';
import { APT_DIRECTORIES, renderAptConf } from '../../tools/apt.ts';
import { makeDirectory, readTextFile, writeFileAtomically } from '../files.ts';
import { type CommandResult, type Runner, requireSuccess } from '../runner.ts';

/** Seconds for whatever reads indices. */
export const UPDATE_SECONDS = 900;
const LARGEST_OUTPUT = 64 * 1024 * 1024;

export interface AptScratchRequest {
  /** Whom it is for, in messages. */
  readonly guest: string;
  /** Lines of sources.list(5). */
  readonly sources: readonly string[];
  /** A URL, `DIRECT` for none whatever the environment says, or undefined. */
  readonly proxy: string | undefined;
}

/** apt in a directory of its own: nothing of this machine's package state is read or changed. */
export interface AptScratchSession {
  /** @throws Failure RL1607 with what apt says */
  readonly apt: (
    argv: readonly string[],
    deadlineSeconds: number,
    outputFile?: string,
  ) => Promise<CommandResult>;
  /** As `apt`, and returns what it printed, however long. */
  readonly capture: (argv: readonly string[]) => Promise<string>;
}

export function openAptScratch(
  runner: Runner,
  directory: string,
  { guest, sources, proxy }: AptScratchRequest,
): AptScratchSession {
  for (const name of APT_DIRECTORIES) makeDirectory(`${directory}/${name}`, 0o755);
  const conf = `${directory}/apt.conf`;
  writeFileAtomically(`${directory}/status`, '', 0o644);
  writeFileAtomically(conf, renderAptConf({ directory }, proxy), 0o644);
  writeFileAtomically(`${directory}/etc/apt/sources.list`, `${sources.join('\n')}\n`, 0o644);
  const apt: AptScratchSession['apt'] = async (argv, deadlineSeconds, outputFile) => {
    const output = outputFile === undefined ? {} : { outputFile };
    const result = await runner.run({ argv, deadlineSeconds, environment: { APT_CONFIG: conf }, ...output });
    return requireFetched(result, guest);
  };
  return {
    apt,
    capture: async (argv) => {
      const file = `${directory}/output`;
      await apt(argv, UPDATE_SECONDS, file);
      return readTextFile(file, LARGEST_OUTPUT);
    },
  };
}

/** A failure to fill the vault for a guest. */
export function refuseFill(name: string, why: string): Failure {
  return makeFailure(EXIT.failed, 'RL1607', { name, why });
}

function requireFetched(result: CommandResult, guest: string): CommandResult {
  if (!result.failed || result.missing || result.aborted) return requireSuccess(result);
  const lines = `${result.stderr}\n${result.stdout}`
    .split('\n')
    .filter((line) => /^(E|W|Err)[:0-9]/.test(line));
  const why = result.timedOut ? 'it took too long' : lines.slice(0, 4).join(' ');
  throw refuseFill(guest, why === '' ? `${result.argv[0]} failed` : why);
}
