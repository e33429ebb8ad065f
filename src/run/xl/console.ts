import { buildXlConsoleArgv } from '../../tools/xl.ts';
import { identifyProcess, type ProcessIdentity } from '../qemu/process.ts';
import { type Runner, requireSuccess } from '../runner.ts';

/**
 * Becomes `xl console`, whose input is a FIFO that it has open for writing, too: so it never sees an end of input, on
 * which older clients stop. The output is appended to the log, up to 256 MiB: then SIGXFSZ ends the reader, and the
 * guest runs on. A constant program; the paths and the command are its arguments.
 */
const READER = [
  'umask 077',
  // In units of 512 bytes (POSIX, ulimit).
  'ulimit -f 524288',
  'rm -f -- "$1"',
  'mkfifo -- "$1" || exit 1',
  'exec 0<>"$1" >>"$2" 2>&1',
  'rm -f -- "$1"',
  'shift 2',
  'exec "$@"',
].join('\n');

/** Starts the reader of a domain's console in the background. It ends with the domain. */
export async function attachConsole(
  runner: Runner,
  domain: { readonly name: string; readonly guest: 'pv' | 'pvh' | 'hvm' },
  places: { readonly fifo: string; readonly log: string },
): Promise<ProcessIdentity | undefined> {
  const command = buildXlConsoleArgv(domain.name, domain.guest);
  const result = await runner.run({
    argv: ['sh', '-c', READER, 'relight-console', places.fifo, places.log, ...command],
    deadlineSeconds: 60,
    detached: true,
  });
  requireSuccess(result);
  return result.pid === undefined ? undefined : identifyProcess(result.pid);
}
