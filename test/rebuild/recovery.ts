import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { SweptRun } from '../support/kill-sweep.ts';
import type { Fingerprint, World } from './world.ts';

export type Way = 'resume' | 'rollback';

/** What stood there before the run that was interrupted. */
export interface Before {
  readonly operation: string | undefined;
  readonly fingerprint: Fingerprint;
  readonly volumes: readonly string[];
}

export function lookBefore(world: World): Before {
  const operation = world.live;
  return { operation, fingerprint: world.fingerprint(operation), volumes: world.volumes() };
}

/**
 * P1, P2 and P23 after a run that was cut off: nothing that was there is changed, `status` says where it stopped, the
 * way chosen ends clean, and going it once more changes nothing. Returns what was met, for counting.
 */
export async function checkRecovery(world: World, before: Before, run: SweptRun, way: Way): Promise<string> {
  await world.settle();
  const committed = world.live !== before.operation;
  expectUntouched(world, before, committed);
  const status = await world.relight('status', 'web1');
  expect(status.status, status.stderr).toBe(0);
  const place = /UNFINISHED {2}operation ([0-9a-f]+) stopped at: (\S+)/.exec(status.stdout);
  if (place === null) return checkNothingOpen(world, before, run, committed);
  expect(status.stdout).toMatch(/next: .*relight rollback web1/);
  // Once an undo has begun, the only way is back.
  const isUndoing = !status.stdout.includes('relight resume web1');
  const recovered = await world.relight(way, 'web1');
  expect(recovered.status, `${way} after ${place[2]}: ${recovered.stderr.slice(-1500)}`).toBe(0);
  if (way === 'resume' && !isUndoing) expectNew(world, before, place[1]);
  else expectOld(world, before);
  await expectSettled(world, way);
  return `${way}, ${committed ? 'after' : 'before'} the commit`;
}

/** The run never began, was over, or took itself back before it ended: nothing may be left to do. */
async function checkNothingOpen(
  world: World,
  before: Before,
  run: SweptRun,
  committed: boolean,
): Promise<string> {
  if (committed) expectNew(world, before, world.live);
  else expectOld(world, before);
  const again = await world.relight('resume', 'web1');
  expect(again.status, again.stderr).toBe(0);
  expect(again.stdout).toContain('nothing is unfinished');
  if (committed) return 'finished';
  return run.signal === null && run.status !== 137 ? 'taken back by itself' : 'nothing begun';
}

function expectUntouched(world: World, { operation, fingerprint }: Before, committed: boolean): void {
  const now = world.fingerprint(operation);
  expect(now.root, 'the old root').toBe(fingerprint.root);
  expect(now.data, 'the data').toBe(fingerprint.data);
  if (!committed) expect(now.config, 'the live configuration').toBe(fingerprint.config);
  // A power cut now must not start anything half-built by itself.
  if (world.links().includes('web1.cfg')) expect(world.readConfig()).not.toBe('');
}

function expectNew(world: World, before: Before, operation: string | undefined): void {
  expect(world.live).toBe(operation);
  expect(world.domains()).toEqual(['web1']);
  expect(world.links()).toEqual(['web1.cfg']);
  const kept = before.volumes.map((line) => line.replace(/(relight\.state=)live/, '$1old'));
  const fresh = ['root', 'swap'].map((role) => `vg0/web1-${role}.${operation} relight.state=live`);
  const data = ['vg0/web1-srv relight.state=kept'];
  expect(world.volumes().sort()).toEqual([...new Set([...kept, ...fresh, ...data])].sort());
  expectTidy(world);
  expectUntouched(world, before, true);
}

function expectOld(world: World, before: Before): void {
  expect(world.live).toBe(before.operation);
  expect(world.domains()).toEqual(before.operation === undefined ? [] : ['web1']);
  expect(world.links()).toEqual(before.operation === undefined ? [] : ['web1.cfg']);
  // A kept volume that was made stays: data disks have no destructive operation.
  const volumes = world
    .volumes()
    .filter((line) => before.volumes.includes(line) || !line.includes('web1-srv'));
  expect(volumes).toEqual(before.volumes);
  expectTidy(world);
  if (before.operation !== undefined) expectUntouched(world, before, false);
}

function expectTidy(world: World): void {
  expect(world.listWork(), 'work directories').toEqual([]);
  expect(readdirSync(`${world.directory}/xen`).filter((name) => name.startsWith('.'))).toEqual([]);
}

/** Going the same way a second time: nothing changes. */
async function expectSettled(world: World, way: Way): Promise<void> {
  const first = world.snapshot();
  const again = await world.relight('resume', 'web1');
  expect(again.status, again.stderr).toBe(0);
  expect(again.stdout).toContain('nothing is unfinished');
  if (way === 'rollback') {
    const back = await world.relight('rollback', 'web1');
    expect(back.status, back.stderr).toBe(0);
    expect(back.stdout).toContain('nothing was changed');
  }
  expect(world.snapshot()).toBe(first);
}
