export interface RemasterArguments {
  readonly input: string;
  readonly output: string;
  /** A tree that is laid over the image's root. */
  readonly stage: string;
  readonly hasJoliet: boolean;
}

/** Names as debian-cd allows them: `install.amd` as a directory, Joliet names of up to 103 characters. */
const COMPLIANCE = ['-compliance', 'allow_dir_id_ext:joliet_long_names'];
/** Debian's images belong to root throughout, whoever runs xorriso. */
const OWNER = ['-uid', '0', '-gid', '0'];
/**
 * No start-up files of the user; a file that cannot be written ends the run; no fsync(2) every 16 MiB, since a draft
 * that is lost in a power cut is only made again.
 */
const START = [
  'xorriso',
  '-no_rc',
  '-abort_on',
  'FAILURE',
  '-return_with',
  'FAILURE',
  '32',
  '-stdio_sync',
  'off',
];

/**
 * argv of xorriso(1) for a whole new image: every boot record is made again as it was found (`replay`), with new sizes
 * of partitions, so that the result boots as a CD and from a USB stick. `output` must be empty or absent.
 */
export function buildRewriteArgv(request: RemasterArguments): string[] {
  const { input, output, stage, hasJoliet } = request;
  const joliet = ['-joliet', hasJoliet ? 'on' : 'off'];
  return [
    ...START,
    ...['-indev', input, '-outdev', output, ...COMPLIANCE, ...joliet],
    ...['-boot_image', 'any', 'replay', ...OWNER, '-map', stage, '/', '-commit'],
  ];
}

/**
 * argv of xorriso(1) that appends to `output`, which is a copy of the input. Boot images and partition tables stay as
 * they are, so the result is for CD use: a partition does not reach the new part.
 */
export function buildGrowArgv(request: Omit<RemasterArguments, 'input'>): string[] {
  const { output, stage, hasJoliet } = request;
  const joliet = ['-joliet', hasJoliet ? 'on' : 'off'];
  return [
    ...START,
    ...[...COMPLIANCE, '-boot_image', 'any', 'keep', '-dev', output, '-padding', '0', ...joliet],
    ...[...OWNER, '-map', stage, '/', '-commit'],
  ];
}

/** The environment that makes two runs give the same bytes. `epoch` in seconds since 1970. */
export function buildXorrisoEnvironment(epoch: number): Record<string, string> {
  return { SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC' };
}

/** Percent written, from a line of xorriso's progress; undefined for other lines. */
export function parseXorrisoProgress(line: string): number | undefined {
  const match = /^xorriso : UPDATE : Writing:\s+\d+s\s+(\d+(?:\.\d+)?)%/.exec(line);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
