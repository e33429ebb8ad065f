import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What relight asks an archive before it changes anything; the packages come from the fake mmdebstrap. */
const server = createServer((request, response) => {
  const isRelease = /^\/debian\/dists\/[a-z]+\/(?:In)?Release$/.test(request.url ?? '');
  response.writeHead(isRelease ? 200 : 404).end();
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
server.unref();

/** The archive of every world of a test file. */
export const ARCHIVE = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
