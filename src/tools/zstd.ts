/** argv of zstd(1) that turns each file into `FILE.zst` in `directory`. Level 1: a restore waits for the disk, a bake for this. */
export function buildCompressArgv(files: readonly string[], directory: string, level = 1): string[] {
  return ['zstd', '--quiet', `-${level}`, '--output-dir-flat', directory, '--', ...files];
}

/** argv of zstd(1) that writes the content of files one after the other. */
export function buildDecompressArgv(files: readonly string[]): string[] {
  return ['zstd', '--quiet', '--decompress', '--stdout', '--', ...files];
}
