/** Whether the cache at HOST:PORT is this machine's own. @param own the addresses of its interfaces */
export function isOwnAddress(address: string, own: readonly string[]): boolean {
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return host === 'localhost' || own.includes(host);
}
