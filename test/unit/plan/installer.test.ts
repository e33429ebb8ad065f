import { describe, expect, test } from 'vitest';
import type { NetbootFacts } from '../../../src/host/netboot.ts';
import { previewContext } from '../../../src/plan/preview/request.ts';
import { installRoot } from '../../../src/plan/rebuild/installer.ts';
import type { Step } from '../../../src/plan/types.ts';
import type { Site } from '../../../src/spec/types.ts';
import { makePreseedRequest, SAMPLE_HASH } from '../../support/preseed-guests.ts';

const NETBOOT: NetbootFacts = {
  ...{ kernel: '/cache/linux', initrd: '/cache/initrd.gz', kernelVersion: '6.12', prefix: 'usr/' },
  ...{ installed: [], statusText: '', completion: '/cache/completion.cpio', componentSuite: 'stable' },
};

/** The actions of the route for a guest with root, swap and a kept disk, and with password hashes. */
function plan(hypervisor: 'xl' | 'qemu', change: object = {}) {
  const { guest } = makePreseedRequest('several-disks', 'trixie', {
    users: makePreseedRequest('accounts', 'trixie').guest.users,
    ...change,
  });
  const site = {
    ...{ name: 'site', directory: '/site', guests: new Map(), images: new Map() },
    networks: new Map([['lan', { name: 'lan', mode: 'bridge', bridge: 'xenbr0' } as const]]),
    host: { hypervisor, storage: undefined, cache: { kind: 'off' } as const },
  } as unknown as Site;
  const request = { site, guest, mirrors: undefined, relightVersion: '0.1.0' };
  return installRoot({ ...previewContext(request, hypervisor), netboot: NETBOOT });
}

const steps = (hypervisor: 'xl' | 'qemu', change?: object) =>
  plan(hypervisor, change).flatMap((action) => action.steps);

function find<Kind extends Step['do']>(all: readonly Step[], kind: Kind): Extract<Step, { do: Kind }> {
  const found = all.find((step): step is Extract<Step, { do: Kind }> => step.do === kind);
  if (found === undefined) throw new Error(`no step ${kind}`);
  return found;
}

describe.each(['xl', 'qemu'] as const)('route installer under %s', (hypervisor) => {
  test('hands the installer the new root and swap volumes, the root first, and no kept disk', () => {
    const { domain } = find(steps(hypervisor), 'start-domain');
    expect(domain.disks.map(({ name }) => name)).toEqual(['web1-root.000000', 'web1-swap.000000']);
    expect(domain).toMatchObject({ boot: 'direct', once: true, name: 'web1~install' });
    expect(domain.kernel?.commandLine).toMatch(/^priority=critical DEBIAN_FRONTEND=text console=/);
    expect(domain.kernel?.commandLine).not.toContain('auto');
    expect(JSON.stringify(plan(hypervisor))).not.toMatch(/wipefs[^\]]*web1-srv/);
  });

  test('keeps every hash out of the plan', () => {
    expect(JSON.stringify(plan(hypervisor))).not.toContain(SAMPLE_HASH);
    const initrd = find(steps(hypervisor), 'build-initrd');
    expect(initrd.files.find(({ path }) => path === '/preseed.cfg')?.mode).toBe(0o600);
    expect(initrd.files.find(({ path }) => path === '/relight/shadow')).toMatchObject({ mode: 0o600 });
  });

  test('tells the installer what the mirror and its initrd are like', () => {
    const { files } = find(steps(hypervisor), 'build-initrd');
    const preseed = JSON.stringify(files.find(({ path }) => path === '/preseed.cfg')?.content);
    expect(preseed).toContain('d-i mirror/udeb/suite string stable');
    expect(preseed).toContain('d-i anna/no_kernel_modules boolean true');
    expect(preseed).toContain('d-i grub-installer/skip boolean true');
    expect(files.map(({ path }) => path)).toContain('/usr/lib/debian-installer.d/S69relight');
  });

  test('mounts for one action at a time, and takes the mount back first', () => {
    for (const action of plan(hypervisor)) {
      const kinds: string[] = action.steps.map((step) => step.do);
      const isMounting = kinds.includes('mount-root');
      expect(kinds.filter((kind) => kind === 'mount-root').length).toBeLessThanOrEqual(1);
      expect(kinds.includes('unmount-root')).toBe(isMounting);
      if (isMounting) expect(action.undo[0]?.do).toBe('unmount-root');
    }
  });
});

test('a crashed installation stays for a person to look at; one that reboots ends', () => {
  const config = find(steps('xl'), 'write-file').content;
  expect(config).toContain("on_reboot = 'destroy'".replaceAll("'", '"'));
  expect(config).toContain('on_crash = "preserve"');
  expect(config).toContain('on_poweroff = "destroy"');
});

test('an HVM guest is installed as PVH, and a PV guest as PV', () => {
  expect(find(steps('xl', { guest: 'hvm', boot: 'bios' }), 'start-domain').domain.guest).toBe('pvh');
  expect(find(steps('xl', { guest: 'pv', boot: 'grub' }), 'start-domain').domain.guest).toBe('pv');
});

test('only commands of the spec, which may not bear a second run, make a resume install again', () => {
  const redo = (change: object) => plan('xl', change).find(({ id }) => id === 'personalise-root')?.redoFrom;
  expect(redo({ run: [] })).toBeUndefined();
  expect(redo({ run: ['true'] })).toBe('run-installer');
});

test('GRUB looks for its menu in the partition that the installer makes', () => {
  expect(JSON.stringify(steps('qemu'))).toContain('(hd0,gpt2)/boot/grub');
});
