import { networkInterfaces } from 'node:os';

/** The addresses of this machine's interfaces, loopback included. */
export function readAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map((each) => each.address));
}
