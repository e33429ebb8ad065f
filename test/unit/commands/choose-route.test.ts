import { expect, test } from 'vitest';
import { chooseRoute, refuseInstaller } from '../../../src/commands/choose-route.ts';
import type { HostFacts } from '../../../src/host/facts.ts';
import { Failure } from '../../../src/report/failure.ts';
import type { GuestSpec, RouteName } from '../../../src/spec/types.ts';
import { makePreseedRequest } from '../../support/preseed-guests.ts';

function refuse(guest: GuestSpec, hypervisor: 'xl' | 'qemu' = 'xl', running = false): Failure | undefined {
  try {
    refuseInstaller(guest, { hypervisor, running } as HostFacts);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const make = (variant: string, kind: RouteName = 'installer') =>
  makePreseedRequest(variant, 'trixie', { install: { kind } as GuestSpec['install'] }).guest;

test.each(['installer', 'iso'] as const)(
  'route %s: a root that this machine could not check is refused before the installer runs',
  (kind) => {
    for (const variant of ['lvm', 'luks', 'raid', 'recipe']) {
      const failure = refuse(make(variant, kind));
      expect(failure).toMatchObject({ code: 'RL1210', status: 4 });
      expect(failure?.message).toContain(`route ${kind} cannot make web1`);
      expect(failure?.hint).toContain('relight iso build web1 --from IMAGE -o web1.iso');
    }
    expect(refuse(make('several-disks', kind))).toBeUndefined();
  },
);

test('an encrypted root is refused for its key, a RAID for the writing', () => {
  expect(refuse(make('luks'))?.message).toContain('somebody types its key');
  expect(refuse(make('raid'))?.message).toContain('assemble');
});

test('the installer is not started beside the guest whose addresses it uses', () => {
  expect(refuse(make('minimal'), 'xl', true)?.hint).toContain('relight stop web1');
  expect(refuse(make('minimal'), 'qemu', true)).toBeUndefined();
  expect(refuse(make('minimal', 'bootstrap'), 'xl', true)).toBeUndefined();
});

test('UEFI is left to the other routes', () => {
  expect(refuse({ ...make('minimal'), boot: 'uefi' })?.hint).toContain('--route bootstrap');
});

test('a route that cannot make the layout says what is left', () => {
  expect(() => chooseRoute(make('luks'), 'bootstrap')).toThrow(
    expect.objectContaining({ code: 'RL1203', hint: expect.stringContaining('relight iso build web1') }),
  );
  expect(chooseRoute(make('minimal'), 'iso').install).toEqual({ kind: 'iso' });
  expect(() => chooseRoute(make('minimal'), 'netboot')).toThrow(expect.objectContaining({ status: 2 }));
});
