/**
 * arping(8) of iputils: asks who has an address, without having it (RFC 5227, duplicate address detection).
 * Exit 1: somebody answered. Two questions, a second apart.
 */
export function buildArpingArgv(link: string, address: string): string[] {
  return ['arping', '-D', '-q', '-c', '2', '-w', '3', '-I', link, address];
}
