/** argv of mke2fs(8) that fills an ext4 filesystem from a directory, at an offset of a disk: nothing is mounted. */
export function buildMke2fsArgv(request: {
  readonly directory: string;
  readonly device: string;
  readonly offset: number;
  readonly size: number;
  readonly uuid: string;
  readonly label: string;
}): string[] {
  return [
    'mke2fs',
    '-q',
    '-F',
    ...['-t', 'ext4'],
    ...['-b', '4096'],
    ...['-U', request.uuid],
    ...['-L', request.label],
    ...['-d', request.directory],
    ...['-E', `offset=${request.offset},root_owner=0:0`],
    request.device,
    String(Math.floor(request.size / 4096)),
  ];
}

/** argv of mke2fs(8) for an empty filesystem on a whole volume. */
export function buildFormatArgv(
  filesystem: 'ext4' | 'xfs',
  device: string,
  uuid: string,
  label: string,
): string[] {
  if (filesystem === 'xfs') return ['mkfs.xfs', '-q', '-m', `uuid=${uuid}`, '-L', label, device];
  return ['mke2fs', '-q', '-t', 'ext4', '-U', uuid, '-L', label, device];
}

/** argv of mkswap(8) on a whole volume. */
export function buildMkswapArgv(device: string, uuid: string): string[] {
  return ['mkswap', '--uuid', uuid, '--label', 'swap', device];
}

/** argv of blkid(8), low-level: looks at the device itself and ignores its cache. Exit 2: no signature at all. */
export function buildProbeArgv(device: string): string[] {
  return ['blkid', '--probe', '--output', 'export', device];
}

/** Reads `blkid --output export`: one KEY=value a line. */
export function parseProbe(output: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) values[line.slice(0, at)] = line.slice(at + 1);
  }
  return values;
}

/**
 * argv of e2fsck(8) and tune2fs(8) that check a filesystem inside a disk and give it a UUID. Both take libext2fs's
 * options behind a question mark; a UUID is only changed on a filesystem that has just been checked.
 */
export function buildSetUuidArgv(
  device: string,
  offset: number,
  uuid: string,
): { readonly check: readonly string[]; readonly set: readonly string[] } {
  const place = `${device}?offset=${offset}`;
  return { check: ['e2fsck', '-f', '-y', place], set: ['tune2fs', '-U', uuid, place] };
}
