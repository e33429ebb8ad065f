import type { SecretText } from '../../src/render/preseed-line.ts';
import type { PreseedRequest } from '../../src/render/preseed-request.ts';
import type { DiskSpec, GuestSpec, NicSpec } from '../../src/spec/types.ts';

const GIB = 1024 ** 3;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJvZ3VzYm9ndXNib2d1c2JvZ3VzYm9ndXNib2d1c2Jv';
/** A hash in the form of yescrypt; no password has it. */
export const SAMPLE_HASH = '$y$j9T$0123456789abcdefghijkl$ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq';

const root: DiskSpec = {
  name: 'root',
  role: 'root',
  sizeBytes: 8 * GIB,
  keep: false,
  layout: 'plain',
  mount: '/',
  filesystem: 'ext4',
};
function raidDisks(level: 1 | 6, count: number): DiskSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    ...root,
    name: index === 0 ? 'root' : `root${index + 1}`,
    mount: index === 0 ? '/' : undefined,
    layout: { raid: level },
  }));
}

const nic: NicSpec = {
  network: 'lan',
  mac: '00:16:3e:00:00:01',
  ipv4: { kind: 'dhcp' },
  ipv6: undefined,
  gateway: undefined,
  gateway6: undefined,
  dns: [],
  forward: [],
};
const staticNic: NicSpec = {
  ...nic,
  ipv4: { kind: 'static', address: '192.0.2.10/24' },
  gateway: '192.0.2.254',
  dns: ['192.0.2.53'],
};
const anna = { name: 'anna', sudo: true, sshKeys: [`${KEY} anna`], password: undefined, shell: '/bin/bash' };
const hash = { kind: 'hash', hash: SAMPLE_HASH } as const;

const base: GuestSpec = {
  name: 'web1',
  file: '/etc/relight/domus/web1.yaml',
  suite: 'trixie',
  guest: 'pvh',
  boot: 'grub',
  install: { kind: 'installer' },
  memoryBytes: 2 * GIB,
  vcpus: 2,
  uuid: '00000000-0000-4000-8000-000000000001',
  mirror: { kind: 'url', url: 'http://mirror.example.org/debian' },
  locale: 'en_GB.UTF-8',
  keyboard: 'gb',
  timezone: 'Europe/London',
  disks: [root],
  nics: [nic],
  users: [],
  root: { login: false, password: undefined, sshKeys: [] },
  roles: [],
  packages: [],
  files: [],
  run: [],
  checks: [],
  preseed: [],
  start: 'manual',
  timeouts: { ready: 900, shutdown: 180, checks: 180 },
};

const RECIPE = `custom :: 1 1 1 free $iflabel{ gpt } $reusemethod{ } method{ biosgrub } .
  512 512 512 ext4 method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ /boot } .
  1024 1024 1024 linux-swap $lvmok{ } lv_name{ swap } method{ swap } format{ } .
  2000 3000 -1 ext4 $lvmok{ } lv_name{ root } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } .`;

/** What differs from the plainest guest, by name. Each is written for both suites. */
const VARIANTS: Readonly<Record<string, { guest?: Partial<GuestSpec>; request?: Partial<PreseedRequest> }>> =
  {
    minimal: {},
    'static-address': { guest: { nics: [staticNic] } },
    'address-without-gateway': { guest: { nics: [{ ...staticNic, gateway: undefined, dns: [] }] } },
    'routed-host-address': {
      guest: {
        nics: [{ ...staticNic, ipv4: { kind: 'static', address: '203.0.113.7/32' }, gateway: '203.0.113.1' }],
      },
    },
    'ipv6-only': {
      guest: {
        nics: [
          {
            ...nic,
            ipv4: undefined,
            ipv6: { kind: 'static', address: '2001:db8::10/64' },
            gateway6: '2001:db8::1',
            dns: ['2001:db8::53'],
          },
        ],
      },
    },
    'several-nics': {
      guest: {
        nics: [
          { ...nic, ipv4: undefined },
          { ...staticNic, mac: '00:16:3e:00:00:02', ipv6: { kind: 'auto' } },
          { ...nic, mac: '00:16:3e:00:00:03' },
        ],
      },
    },
    accounts: {
      guest: {
        users: [
          { ...anna, password: hash },
          { ...anna, name: 'ben', sudo: false, sshKeys: [], password: hash, shell: '/bin/sh' },
          { ...anna, name: 'cleo', sudo: false },
        ],
        root: { login: true, password: hash, sshKeys: [`${KEY} admin`] },
      },
      request: { packages: ['openssh-server', 'sudo'] },
    },
    lvm: { guest: { disks: [{ ...root, layout: 'lvm' }] } },
    luks: { guest: { disks: [{ ...root, layout: 'luks' }], users: [anna] }, request: { packages: ['sudo'] } },
    recipe: { guest: { disks: [{ ...root, layout: { recipe: RECIPE } }] } },
    raid: {
      guest: { disks: raidDisks(1, 2), boot: 'grub' },
      request: { raidDevices: ['/dev/xvdb'] },
    },
    'raid-6-uefi-in-qemu': {
      guest: { disks: raidDisks(6, 4), guest: 'hvm', boot: 'uefi' },
      request: { rootDevice: '/dev/vda', raidDevices: ['/dev/vdb', '/dev/vdc', '/dev/vdd'] },
    },
    'further-answers': {
      guest: {
        preseed: [
          {
            owner: 'd-i',
            question: 'apt-setup/local0/repository',
            type: 'string',
            value: 'http://mirror.example.org/own trixie main',
          },
          { owner: 'd-i', question: 'clock-setup/ntp-server', type: 'string', value: 'ntp.example.org' },
          { owner: 'postfix', question: 'postfix/main_mailer_type', type: 'select', value: 'Local only' },
        ],
      },
      request: { packages: ['postfix'] },
    },
    'several-disks': {
      guest: {
        disks: [
          root,
          { ...root, name: 'swap', role: 'swap', sizeBytes: GIB, mount: undefined, filesystem: 'swap' },
          {
            ...root,
            name: 'srv',
            role: 'data',
            keep: true,
            sizeBytes: 50 * GIB,
            mount: '/srv',
            filesystem: 'xfs',
          },
        ],
      },
      request: { swap: { device: '/dev/xvdb', uuid: '11111111-2222-4333-8444-555555555555' } },
    },
    'uefi-in-qemu': {
      guest: { guest: 'hvm', boot: 'uefi' },
      request: { rootDevice: '/dev/vda', commandLine: 'console=ttyS0,115200n8' },
    },
    'offline-with-cache': {
      request: {
        mirror: { archive: 'http://mirror.example.org:8080/mirrors/debian/', security: undefined },
        proxy: 'http://192.0.2.1:3142',
      },
    },
    'https-mirror': {
      request: { mirror: { archive: 'https://mirror.example.org/debian', security: undefined } },
    },
    'other-language': { guest: { locale: 'de_DE.UTF-8', keyboard: 'de', timezone: 'Europe/Berlin' } },
    'no-locale': { guest: { locale: 'C.UTF-8', keyboard: 'fr(azerty)', timezone: 'Etc/UTC' } },
    packages: { request: { packages: ['certbot', 'g++', 'nginx', 'openssh-server'] } },
  };

export const PRESEED_SUITES = ['bookworm', 'trixie'] as const;
export const PRESEED_VARIANTS: readonly string[] = Object.keys(VARIANTS);

/** The request for one of the variants. */
export function makePreseedRequest(
  variant: string,
  suite: string,
  guest: Partial<GuestSpec> = {},
): PreseedRequest {
  const { guest: wanted = {}, request = {} } = VARIANTS[variant] ?? {};
  return {
    guest: { ...base, suite, ...wanted, ...guest },
    mirror: {
      archive: 'http://mirror.example.org/debian',
      security: 'http://mirror.example.org/debian-security',
    },
    proxy: undefined,
    rootDevice: '/dev/xvda',
    raidDevices: [],
    swap: undefined,
    packages: ['openssh-server'],
    commandLine: 'console=hvc0',
    nameSecret: (user) => `password of ${user}`,
    diskSecret: 'disk key of web1',
    ...request,
  };
}

/** Puts something in for the secrets. */
export function resolveText(content: SecretText, resolve: (name: string) => string): string {
  if (typeof content === 'string') return content;
  return content.map((part) => ('text' in part ? part.text : resolve(part.secret))).join('');
}
