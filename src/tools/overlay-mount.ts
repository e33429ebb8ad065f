import { posix } from 'node:path';

/**
 * overlayfs takes its directories in one string in which `:` and `,` part them, and mount(8) of util-linux 2.39 and later
 * passes at most 255 bytes of each: the names are relative to a directory that the script changes to.
 */
const MOUNT_SCRIPT = [
  'set -e',
  'cd -- "$1"',
  'exec mount --types overlay --options "$2" -- overlay "$3"',
].join('\n');
/** A moved directory is copied, a file is copied whole: so that the upper directory holds what changed, and all of it. */
const OPTIONS = ['redirect_dir=off', 'metacopy=off', 'index=off', 'xino=off'];

/** argv that mounts directories above each other; what is changed goes into `upper`. The lowest comes last. */
export function buildOverlayMountArgv(request: {
  readonly lower: readonly string[];
  readonly upper: string;
  readonly work: string;
  readonly path: string;
}): string[] {
  const { lower, upper, work, path } = request;
  const base = posix.dirname(lower.at(-1) ?? '/');
  const near = (directory: string) =>
    posix.relative(base, directory).replaceAll(/[\\:,]/g, (special) => `\\${special}`);
  const options = [
    `lowerdir=${lower.map(near).join(':')}`,
    `upperdir=${near(upper)}`,
    `workdir=${near(work)}`,
    ...OPTIONS,
  ];
  return ['sh', '-c', MOUNT_SCRIPT, 'relight', base, options.join(','), path];
}
