import { expect, test } from 'vitest';
import { listScriptPrograms } from '../../../src/host/needs.ts';
import type { GuestSpec, NetworkSpec } from '../../../src/spec/types.ts';

const networks = new Map([
  ['lan', { mode: 'bridge', bridge: 'xenbr0' } as NetworkSpec],
  ['public', { mode: 'routed', interface: 'eth0' } as NetworkSpec],
]);
const makeGuest = (...names: string[]) =>
  ({ nics: names.map((network) => ({ network })) }) as unknown as GuestSpec;

test('a routed vif needs ifconfig: without it vif-route fails after the whole install', () => {
  expect(listScriptPrograms(makeGuest('lan', 'public'), networks)).toEqual(['ifconfig']);
});

test('a bridged one needs nothing more', () => {
  expect(listScriptPrograms(makeGuest('lan'), networks)).toEqual([]);
});
