import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildReachArgv } from '../../tools/apt.ts';
import type { Runner } from '../runner.ts';

const DEADLINE_SECONDS = 30;

/** Whether a file of a mirror can be had now, through the proxies that apt uses. */
export async function canReach(runner: Runner, url: string, proxy: string | undefined): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'relight-reach-'));
  try {
    const argv = buildReachArgv(url, join(directory, 'file'), proxy);
    return !(await runner.run({ argv, deadlineSeconds: DEADLINE_SECONDS })).failed;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
