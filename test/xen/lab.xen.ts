import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabSession } from './lab/session.ts';

describe('the lab', () => {
  let session: LabSession;

  beforeAll(async () => {
    session = await LabSession.create('lab');
    console.log(`lab: dom0 took jobs after ${await session.boot()} s`);
  });
  afterAll(async () => session?.end());

  test('dom0', async () => {
    const verdict = await session.run('dom0', 120);
    expect(verdict.checks.at(-1)).toBe('done');
    expect(verdict.status, verdict.output).toBe(0);
  });
});
