import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { StepContext } from '../../../src/run/steps/context.ts';
import { performFileStep } from '../../../src/run/steps/files.ts';

const directory = mkdtempSync(join(tmpdir(), 'relight-steps-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('an autostart link is made where its directory is missing, and may be made again', async () => {
  const path = join(directory, 'auto', 'web1.cfg');
  for (let round = 0; round < 2; round += 1) {
    await performFileStep({ do: 'symlink', target: '/etc/xen/web1.cfg', path }, {} as StepContext);
    expect(readlinkSync(path)).toBe('/etc/xen/web1.cfg');
  }
});
