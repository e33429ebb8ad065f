/**
 * Runs a program inside a root filesystem, in mount and process namespaces of its own (unshare(1)): nothing stays
 * mounted and nothing keeps running when it ends or is killed. Services do not start (policy-rc.d, exit status 101,
 * as /usr/share/doc/init-system-helpers/README.policy-rc.d describes). The script is constant; values are arguments.
 */
const ENTER_SCRIPT = [
  'set -e',
  'root=$1; shift',
  'mount -t proc proc "$root/proc"',
  'mount -t sysfs -o ro sysfs "$root/sys"',
  'mount -t tmpfs tmpfs "$root/run"',
  'mount -t tmpfs tmpfs "$root/tmp"',
  'exec chroot "$root" /bin/sh -c \'' +
    'printf "#!/bin/sh\\nexit 101\\n" >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d || exit 1; ' +
    '"$@"; status=$?; rm -f /usr/sbin/policy-rc.d; exit $status\' relight "$@"',
].join('\n');

/** argv that runs `command` inside `root` with /proc, /sys, /run and /tmp of its own. */
export function buildChrootArgv(root: string, command: readonly string[]): string[] {
  return [...ENTER, root, ...command];
}

const ENTER = [
  ...['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'],
  ...['/bin/sh', '-c', ENTER_SCRIPT, 'relight'],
] as const;

/** argv that runs a short program inside `root` without mounting anything. */
export function buildPlainChrootArgv(root: string, command: readonly string[]): string[] {
  return ['chroot', root, ...command];
}

const OWN_MOUNTS = ['unshare', '--mount', '--propagation', 'private', '--'] as const;

/** argv that runs a program with mounts of its own, which vanish with its last process, also when it is killed. */
export function buildOwnMountsArgv(command: readonly string[]): string[] {
  return [...OWN_MOUNTS, ...command];
}

/** The program that an argv is about: the one behind env(1) with its settings, the one behind `buildOwnMountsArgv`, or the first word. */
export function findProgram(argv: readonly string[]): string | undefined {
  if (argv[0] === 'env') {
    const command = argv.findIndex((word, index) => index > 0 && !word.includes('='));
    return command === -1 ? undefined : findProgram(argv.slice(command));
  }
  return startsWith(argv, OWN_MOUNTS) ? argv[OWN_MOUNTS.length] : argv[0];
}

/** What a person calls the command of an argv: never the `unshare` or `chroot` that only leads to it. */
export function nameCommand(argv: readonly string[]): string {
  const inside = startsWith(argv, ENTER)
    ? argv[ENTER.length + 1]
    : argv[0] === 'chroot'
      ? argv[2]
      : undefined;
  return inside === undefined ? (findProgram(argv) ?? '') : `${inside} inside the guest's root`;
}

function startsWith(argv: readonly string[], words: readonly string[]): boolean {
  return words.every((word, index) => argv[index] === word);
}
