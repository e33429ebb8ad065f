import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandContext } from '../../src/commands/context.ts';
import { askGuests } from '../../src/commands/dom0-guests.ts';
import { installFakeDom0 } from '../fake-dom0/install.ts';
import { makeWorld } from './lanes.ts';
import { GUEST, type World } from './world.ts';

/** The part of `dom0 check` that answers whether each guest could be rebuilt now, on the fake dom0. */
let world: World;
beforeAll(async () => {
  world = await makeWorld();
}, 120_000);
afterAll(() => rmSync(dirname(world.directory), { recursive: true, force: true }));

function ask() {
  const context: CommandContext = {
    ...{ print: () => undefined, say: () => undefined },
    environment: { ...process.env, ...world.environment },
    workingDirectory: world.directory,
    ...{ color: false, terminal: false, verbose: false, signal: new AbortController().signal },
  };
  return askGuests(context, { site: `${world.directory}/site` });
}

test('each guest: whether it can be rebuilt, and what it would lack with the internet down', async () => {
  world.write('site/domus/db1.yaml', GUEST.replace('web1', 'db1').replaceAll('192.0.2.10', '192.0.2.11'));
  const items = await ask();
  expect(items.map(({ id, title, state }) => [id, state, title])).toEqual([
    ['guest-db1', 'ok', 'db1 can be rebuilt now'],
    ['guest-web1', 'ok', 'web1 can be rebuilt now'],
  ]);
  for (const item of items) expect(item.detail).toContain('with the internet down it could not:');
  expect(world.volumes()).toEqual([]);
});

test('what stands in the way is said with its code and the command that mends it', async () => {
  world.create();
  rmSync(world.fake.directory, { recursive: true });
  installFakeDom0(world.fake.directory, { tools: true, groupBytes: 512 * 1024 ** 2 });
  const [item] = await ask();
  expect(item).toMatchObject({ state: 'broken', title: 'web1 cannot be rebuilt now' });
  expect(item?.issue?.code).toBe('RL0766');
  expect(item?.issue?.hint).toBeTruthy();
});
