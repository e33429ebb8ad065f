import fc from 'fast-check';
import type { DomainDefinition } from '../../../src/plan/types.ts';
import type { ConfigHeader } from '../../../src/render/config-header.ts';
import type { NetworkSpec, NicSpec, UserSpec } from '../../../src/spec/types.ts';

export const UUID = '4f1c2c1e-5a0b-8a51-9b52-1c0ffee00001';

export const NETWORKS: ReadonlyMap<string, NetworkSpec> = new Map<string, NetworkSpec>([
  ['lan', { name: 'lan', mode: 'bridge', bridge: 'xenbr0' }],
  ['public', { name: 'public', mode: 'routed', interface: 'eth0' }],
  ['inside', { name: 'inside', mode: 'nat', bridge: 'xenbr1', subnet: '10.9.0.0/24', out: 'eth0' }],
]);

export const HEADER: ConfigHeader = {
  guest: 'web1',
  operation: '7f3a12',
  specHash: 'ab'.repeat(32),
  relight: '0.1.0',
  volumes: ['web1-root.7f3a12'],
};

/** A nic with nothing but a MAC address, and what the test adds. */
export function makeNic(change: Partial<NicSpec> = {}): NicSpec {
  return {
    network: 'lan',
    mac: '00:16:3e:12:34:56',
    ipv4: undefined,
    ipv6: undefined,
    gateway: undefined,
    gateway6: undefined,
    dns: [],
    forward: [],
    ...change,
  };
}

export function makeUser(change: Partial<UserSpec> = {}): UserSpec {
  return { name: 'anna', sudo: true, sshKeys: [], password: undefined, shell: '/bin/bash', ...change };
}

export function makeDomain(change: Partial<DomainDefinition> = {}): DomainDefinition {
  return {
    name: 'web1',
    uuid: UUID,
    guest: 'pvh',
    boot: 'grub',
    memoryBytes: 2 * 1024 ** 3,
    vcpus: 2,
    disks: [
      { name: 'web1-root.7f3a12', device: '/dev/vg0/web1-root.7f3a12', target: 'xvda', readOnly: false },
    ],
    nics: [makeNic({ ipv4: { kind: 'static', address: '192.0.2.10/24' } })],
    kernel: undefined,
    ports: [],
    ...change,
  };
}

/** Text that a careless writer lets out of its place. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom(
    '$(reboot)',
    '`id`',
    '"; name = "x',
    "'; rm -rf /; '",
    'a\nb = "c"',
    'a\\x41',
    'a\\101',
    '../../etc/passwd',
    '--target',
    'a,target=/dev/sda',
    '#',
    'a # b',
    '\u0000',
    'a\r\n',
    '[Match]',
    '}\nmenuentry "x" {',
    '\ud800',
  ),
);

const octet = fc.integer({ min: 1, max: 254 });
export const address4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
export const address6 = fc
  .array(fc.integer({ min: 1, max: 0xffff }), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(':'));
export const mac = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 })
  .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':'));
export const uuid = fc.uuid();

/** Any nic that a checked spec can hold. */
export const nic: fc.Arbitrary<NicSpec> = fc
  .record({
    network: fc.constantFrom('lan', 'public', 'inside'),
    mac,
    ipv4: fc.option(
      fc.oneof(
        fc.constant({ kind: 'dhcp' as const }),
        fc
          .tuple(address4, fc.integer({ min: 1, max: 32 }))
          .map(([host, prefix]) => ({ kind: 'static' as const, address: `${host}/${prefix}` })),
      ),
      { nil: undefined },
    ),
    ipv6: fc.option(
      fc.oneof(
        fc.constant({ kind: 'auto' as const }),
        fc
          .tuple(address6, fc.integer({ min: 1, max: 128 }))
          .map(([host, prefix]) => ({ kind: 'static' as const, address: `${host}/${prefix}` })),
      ),
      { nil: undefined },
    ),
    gateway: fc.option(address4, { nil: undefined }),
    gateway6: fc.option(address6, { nil: undefined }),
    dns: fc.array(fc.oneof(address4, address6), { maxLength: 3 }),
  })
  .map((value) => ({
    ...value,
    gateway: value.ipv4?.kind === 'static' ? value.gateway : undefined,
    gateway6: value.ipv6?.kind === 'static' ? value.gateway6 : undefined,
    forward: [],
  }));
