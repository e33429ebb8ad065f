/** argv of zstd(1) from standard input to standard output. Level 1: a restore waits for the disk, a bake for this. */
export function buildCompressArgv(level = 1): string[] {
  return ['zstd', '--quiet', `-${level}`, '--stdout', '-'];
}

/** argv of zstd(1) that writes the content of files one after the other. */
export function buildDecompressArgv(files: readonly string[]): string[] {
  return ['zstd', '--quiet', '--decompress', '--stdout', '--', ...files];
}
