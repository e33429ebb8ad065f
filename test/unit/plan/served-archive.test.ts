import { describe, expect, test } from 'vitest';
import type { NetbootFacts } from '../../../src/host/netboot.ts';
import { previewContext } from '../../../src/plan/preview/request.ts';
import { installRoot } from '../../../src/plan/rebuild/installer.ts';
import { findServingPlace } from '../../../src/plan/rebuild/served-archive.ts';
import type { NetworkSpec, NicSpec, Site } from '../../../src/spec/types.ts';
import type { AddressFact } from '../../../src/tools/ip.ts';
import { makePreseedRequest } from '../../support/preseed-guests.ts';

const nic: NicSpec = {
  ...{ network: 'lan', mac: '00:16:3e:00:00:01', ipv4: { kind: 'dhcp' }, ipv6: undefined },
  ...{ gateway: undefined, gateway6: undefined, dns: [], forward: [] },
};
const staticNic: NicSpec = { ...nic, ipv4: { kind: 'static', address: '192.0.2.10/24' } };
const networks = new Map<string, NetworkSpec>([
  ['lan', { name: 'lan', mode: 'bridge', bridge: 'xenbr0' }],
  ['public', { name: 'public', mode: 'routed', interface: 'eth0' }],
  ['inside', { name: 'inside', mode: 'nat', bridge: 'xenbr1', subnet: '10.9.0.0/24', out: 'eth0' }],
]);
const address = (link: string, text: string): AddressFact => ({ link, family: 4, address: text, prefix: 24 });
const addresses = [
  { link: 'xenbr0', family: 6 as const, address: '2001:db8::1', prefix: 64 },
  address('eth0', '203.0.113.1'),
  address('xenbr0', '198.51.100.1'),
  address('xenbr0', '192.0.2.1'),
  address('xenbr1', '10.9.0.1'),
];
const find = (hypervisor: 'xl' | 'qemu', nics: readonly NicSpec[], own = addresses) =>
  findServingPlace({ hypervisor, nics, networks, addresses: own });

describe('where the installer is served', () => {
  test('in QEMU: the gateway of the user network, which is 127.0.0.1 here', () => {
    expect(find('qemu', [nic], [])).toEqual({ listen: '127.0.0.1', reached: '10.2.2.2' });
    expect(find('qemu', [{ ...nic, ipv4: undefined }, nic], [])).toEqual({
      listen: '127.0.0.1',
      reached: '10.3.2.2',
    });
    expect(find('qemu', [{ ...staticNic, gateway: '192.0.2.254' }], [])).toMatchObject({
      reached: '192.0.2.254',
    });
    expect(find('qemu', [staticNic], [])).toMatchObject({ reached: '192.0.2.1' });
  });

  test('under Xen: the address of dom0 in the guest’s subnet on its bridge', () => {
    const on = (text: string) => ({ listen: text, reached: text });
    expect(find('xl', [staticNic])).toEqual({ ...on('192.0.2.1'), client: '192.0.2.10' });
    expect(find('xl', [nic])).toEqual(on('198.51.100.1'));
    expect(find('xl', [{ ...nic, network: 'inside' }])).toEqual(on('10.9.0.1'));
    const routed: NicSpec = {
      ...nic,
      network: 'public',
      ipv4: { kind: 'static', address: '203.0.113.20/32' },
    };
    expect(find('xl', [routed])).toEqual({ ...on('203.0.113.1'), client: '203.0.113.20' });
  });

  test('or there is none, which is said with what to do', () => {
    expect(find('xl', [staticNic], [address('xenbr0', '198.51.100.1')])).toMatchObject({
      problem: expect.stringMatching(/no IPv4 address in the subnet of 192\.0\.2\.10\/24 on xenbr0/),
      fix: expect.stringMatching(/ip address add .* dev xenbr0.*--route bootstrap/),
    });
    expect(find('xl', [{ ...nic, ipv4: undefined, ipv6: { kind: 'auto' } }])).toMatchObject({
      problem: expect.stringContaining('IPv4'),
    });
    expect(
      find('qemu', [{ ...staticNic, ipv4: { kind: 'static', address: '192.0.2.10/30' } }]),
    ).toMatchObject({
      problem: expect.stringContaining("outside the guest's subnet"),
    });
  });
});

test('the installer is told of nothing but this machine, and the guest keeps the sources of its spec', () => {
  const { guest } = makePreseedRequest('several-disks', 'trixie');
  const site = {
    ...{ name: 'site', directory: '/site', guests: new Map(), images: new Map(), networks },
    host: {
      hypervisor: 'qemu',
      storage: undefined,
      cache: { kind: 'proxy', url: 'http://cache.example.org:3142' },
    },
  } as unknown as Site;
  const netboot: NetbootFacts = {
    ...{ kernel: '/linux', initrd: '/initrd.gz', kernelVersion: '6.12', prefix: 'usr/' },
    ...{ installed: [], statusText: '', completion: undefined },
  };
  const served = {
    ...{ url: 'http://10.2.2.2:8080/debian', address: '127.0.0.1', port: 8080 },
    ...{ vault: '/vault', filled: '2026-01-01T00:00:00.000Z' },
  };
  const request = { site, guest, mirrors: undefined, relightVersion: '0.1.0' };
  const actions = installRoot({ ...previewContext(request, 'qemu'), netboot, served });
  const steps = actions.flatMap((action) => action.steps);
  const initrd = steps.find((step) => step.do === 'build-initrd');
  const preseed = JSON.stringify(
    initrd?.do === 'build-initrd' ? initrd.files.find(({ path }) => path === '/preseed.cfg')?.content : '',
  );
  expect(preseed).toContain('d-i mirror/http/hostname string 10.2.2.2:8080\\n');
  expect(preseed).toContain('d-i mirror/http/directory string /debian\\n');
  expect(preseed).toContain('d-i mirror/http/proxy string\\n');
  expect(preseed).toContain('d-i apt-setup/services-select multiselect\\n');
  expect(preseed).not.toMatch(/example\.org|security_host/);
  expect(steps.find((step) => step.do === 'watch-install')).toMatchObject({ served, guest: guest.name });
  const overlay = JSON.stringify(steps.filter((step) => step.do === 'unpack-overlay'));
  expect(overlay).toContain('http://mirror.example.org/debian');
  expect(overlay).not.toContain('10.2.2.2');
});
