import { createServer } from 'node:net';

/** Finds a TCP port of 127.0.0.1 for each wanted port of the guest. Ports above 1024 are tried under their own number + 20000. */
export async function findFreePorts(wanted: readonly number[]): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  for (const port of wanted) {
    const preferred = port < 45_000 ? port + 20_000 : 0;
    found.set(port, (await tryPort(preferred)) ?? (await tryPort(0)) ?? 0);
  }
  return found;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
