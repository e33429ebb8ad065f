import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcesses, listProcesses } from '../../support/processes.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-processes-'));
});
afterAll(() => {
  endProcesses(directory);
  rmSync(directory, { recursive: true });
});

async function start(argv: readonly string[], environment: Record<string, string>): Promise<number> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { env: environment, stdio: 'ignore', detached: true });
  await once(child, 'spawn');
  return child.pid ?? 0;
}

describe('endProcesses', () => {
  it('ends what has the directory in its PATH alone, as the children of relight have', async () => {
    const pid = await start(['/bin/sleep', '100'], { PATH: `${directory}/bin:/usr/bin` });
    expect(listProcesses(directory)).toEqual([pid]);
    endProcesses(directory);
    expect(listProcesses(directory)).toEqual([]);
  });

  it('ends the grandchildren that appear while it looks', async () => {
    const endless = '/bin/sleep 0.01 & exec /bin/sh -c "$0" "$0"';
    await start(['/bin/sh', '-c', endless, endless], { MARK: directory });
    endProcesses(directory);
    expect(listProcesses(directory)).toEqual([]);
  });

  it('leaves a directory alone whose name only begins with it', async () => {
    const pid = await start(['/bin/sleep', '100'], { PATH: `${directory}2/bin:/usr/bin` });
    endProcesses(directory);
    expect(listProcesses(`${directory}2`)).toEqual([pid]);
    endProcesses(`${directory}2`);
  });
});
