import { isIP } from 'node:net';
import { EXIT, Failure } from '../report/failure.ts';

/** Hands an IP address back. @throws Failure RL0901 for anything else */
export function requireMatchingAddress(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new Failure(
    EXIT.invalid,
    'RL0901',
    `an address cannot be written to a file: ${JSON.stringify(text)}`,
  );
}
