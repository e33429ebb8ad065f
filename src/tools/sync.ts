/** argv of sync(1) that writes a whole filesystem to its disk (syncfs(2)), given any path on it. */
export function buildSyncArgv(path: string): string[] {
  return ['sync', '--file-system', '--', path];
}
