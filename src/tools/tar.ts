/**
 * Mounts a filesystem in a file, read-only and without replaying its journal, in a mount namespace of its own, and packs it by
 * GNU tar: links, owners, extended attributes and sparse files as they are, in an order that is always the same. The script
 * is constant; values are arguments. The mount vanishes with the last process.
 */
const PACK_SCRIPT = [
  'set -e',
  'mount -t ext4 -o loop,ro,noload -- "$1" "$2"',
  'exec tar --create --directory="$2" --sort=name --numeric-owner --format=posix' +
    ' --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' +
    " --xattrs --xattrs-include='*' --exclude=./lost+found .",
].join('\n');

/** argv that writes the content of a filesystem to standard output, as a tar. @param mount an empty directory */
export function buildPackFilesystemArgv(filesystem: string, mount: string): string[] {
  return [
    ...['unshare', '--mount', '--propagation', 'private', '--'],
    ...['/bin/sh', '-c', PACK_SCRIPT, 'relight', filesystem, mount],
  ];
}

/** argv that compresses a file to standard output, without its name and time. */
export function buildGzipArgv(file: string): string[] {
  return ['gzip', '--no-name', '--stdout', '--', file];
}

/** argv that compresses a file to standard output by all processors. */
export function buildZstdFileArgv(file: string): string[] {
  return ['zstd', '--quiet', '--stdout', '--threads=0', '--', file];
}
