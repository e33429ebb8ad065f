import { isoFailure } from '../problems.ts';

/** A file that goes into the installer's initrd. `path` is relative to its root. */
export interface InitrdFile {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: Uint8Array;
}

/** A file that is laid over the image. `path` is relative to its root; `source` is a path on this machine. */
export interface LaidFile {
  readonly path: string;
  readonly source: string;
  readonly md5: string;
  readonly size: number;
}

/** What to make of an image. */
export interface RemasterRequest {
  /** Goes into menu titles. */
  readonly guest: string;
  /** The text of /preseed.cfg in the initrd. */
  readonly preseed: string;
  /** Scripts and the like, beside the preseed. */
  readonly initrdFiles: readonly InitrdFile[];
  readonly laidFiles: readonly LaidFile[];
  /** What the installation erases, in words for the menu, such as `/dev/xvda` or `the first disk it finds`. */
  readonly erases: string;
  /** Arguments of the installer's kernel, before `---`. */
  readonly installerArguments: readonly string[];
  /** Arguments that the installed system keeps, after `---`. */
  readonly targetArguments: readonly string[];
  /** How long the menu waits before it installs, in seconds. */
  readonly menuSeconds: number;
  readonly specSha256?: string;
  readonly relightVersion: string;
}

/**
 * Both consoles of a Xen guest and the screen. debian-installer asks on one only when /preseed.cfg is there: the last
 * that exists. `priority=critical` and not `auto=true`, which would skip locale and keyboard for good.
 */
export const INSTALLER_ARGUMENTS: readonly string[] = [
  'priority=critical',
  'DEBIAN_FRONTEND=text',
  'console=tty0',
  'console=hvc0',
  'console=ttyS0,115200n8',
];
export const TARGET_ARGUMENTS: readonly string[] = ['console=tty0', 'console=ttyS0,115200n8'];

const GUEST = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const WORDS = /^[A-Za-z0-9/][A-Za-z0-9 ._/,()-]{0,79}$/;
const ARGUMENT = /^[A-Za-z0-9][A-Za-z0-9._/:,=+@-]{0,199}$/;
const LONGEST_COMMAND_LINE = 1000;

/**
 * Refuses whatever could mean something else in a boot menu than it says.
 * @throws Failure RL6025.
 */
export function checkRequest(request: RemasterRequest): void {
  const demand = (what: string, value: string, pattern: RegExp) => {
    if (!pattern.test(value)) throw isoFailure('unsafe-value', { what, value });
  };
  demand('the name of the guest', request.guest, GUEST);
  demand('what is erased', request.erases, WORDS);
  const all = [...request.installerArguments, ...request.targetArguments];
  for (const argument of all) demand('a kernel argument', argument, ARGUMENT);
  const text = all.join(' ');
  if (text.length > LONGEST_COMMAND_LINE)
    throw isoFailure('unsafe-value', { what: 'the command line', value: text });
  const seconds = request.menuSeconds;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw isoFailure('unsafe-value', { what: 'the time that the menu waits', value: seconds });
  }
}
