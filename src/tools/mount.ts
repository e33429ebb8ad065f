/** Where a filesystem lies on a disk, in bytes from its start. */
export interface FilesystemPlace {
  readonly offset: number;
  readonly size: number;
}

/**
 * argv of mount(8) for an ext4 filesystem inside a disk or disk image. The kernel need not know the partition: the loop
 * device goes by itself with the mount, also when mount is killed (autoclear, losetup(8)).
 */
export function buildMountArgv(
  device: string,
  place: FilesystemPlace,
  path: string,
  readOnly: boolean,
): string[] {
  const options = [
    readOnly ? 'ro' : 'rw',
    ...['loop', `offset=${place.offset}`, `sizelimit=${place.size}`],
  ].join(',');
  return ['mount', '--types', 'ext4', '--options', options, '--', device, path];
}

/** argv of umount(8): what is mounted at `path`, and below it. */
export function buildUnmountArgv(path: string): string[] {
  return ['umount', '--recursive', '--', path];
}
