import { parseReadyLine, type ReadyFacts } from '../../watch/boot.ts';
import { openConsole } from './wait-ready.ts';

/** The last ready line on a console's log, whatever its nonce: what the guest said of itself when it came up. */
export function readLastReady(path: string): ReadyFacts | undefined {
  const reader = openConsole(path);
  let found: ReadyFacts | undefined;
  for (let lines = reader.read(); lines.length > 0; lines = reader.read()) {
    for (const line of lines) {
      const nonce = /relight-ready ([0-9a-f]+) \{/.exec(line)?.[1];
      if (nonce !== undefined) found = parseReadyLine(line, nonce) ?? found;
    }
  }
  return found;
}
