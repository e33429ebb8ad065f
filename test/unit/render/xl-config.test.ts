import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DomainDefinition } from '../../../src/plan/types.ts';
import { parseConfigHeader } from '../../../src/render/config-header.ts';
import { parseXlConfig, readXlList, readXlText } from '../../../src/render/parse-xl-config.ts';
import { renderXlConfig, type XlConfigOptions } from '../../../src/render/xl-config.ts';
import { encodeXlDisk, encodeXlVif, parseXlDisk, parseXlVif } from '../../../src/render/xl-devices.ts';
import { Failure } from '../../../src/report/failure.ts';
import { HEADER, hostileText, makeDomain, makeNic, NETWORKS, nic } from './samples.ts';

const options: XlConfigOptions = { header: HEADER, networks: NETWORKS };
const read = (change: Partial<DomainDefinition>, more: Partial<XlConfigOptions> = {}) =>
  parseXlConfig(renderXlConfig(makeDomain(change), { ...options, ...more }));

const KERNEL = {
  kernel: '/boot/g/vmlinuz',
  initrd: '/boot/g/initrd.img',
  commandLine: 'root=UUID=1-2 ro console=hvc0',
};

test.each([
  ['pv', 'grub', { kernel: '/usr/lib/grub-xen/grub-x86_64-xen.bin' }],
  ['pv', 'pygrub', { bootloader: 'pygrub' }],
  ['pvh', 'pygrub', { bootloader: 'pygrub' }],
  ['pvh', 'grub', { kernel: '/usr/lib/grub-xen/grub-i386-xen_pvh.bin' }],
  ['pv', 'direct', { kernel: KERNEL.kernel, ramdisk: KERNEL.initrd, cmdline: KERNEL.commandLine }],
  ['pvh', 'direct', { kernel: KERNEL.kernel, ramdisk: KERNEL.initrd, cmdline: KERNEL.commandLine }],
  ['hvm', 'bios', { firmware: 'bios', boot: 'c', serial: ['pty'], vnc: 0 }],
  ['hvm', 'uefi', { firmware: 'uefi', boot: 'c', serial: ['pty'], vnc: 0 }],
  [
    'hvm',
    'direct',
    { kernel: KERNEL.kernel, ramdisk: KERNEL.initrd, cmdline: KERNEL.commandLine, serial: ['pty'], vnc: 0 },
  ],
] as const)('%s by %s is started by its own settings and no others', (guest, boot, wanted) => {
  const settings = Object.fromEntries(read({ guest, boot, kernel: boot === 'direct' ? KERNEL : undefined }));
  expect(settings).toMatchObject({ type: guest, ...wanted });
  const others = [
    'kernel',
    'ramdisk',
    'cmdline',
    'bootloader',
    'firmware',
    'boot',
    'serial',
    'vnc',
    'extra',
    'root',
  ];
  expect(others.filter((key) => key in settings).sort()).toEqual(Object.keys(wanted).sort());
});

test.each([
  ['pv', 'bios'],
  ['pvh', 'uefi'],
  ['hvm', 'grub'],
  ['hvm', 'pygrub'],
] as const)('%s by %s is refused', (guest, boot) => {
  expect(() => read({ guest, boot })).toThrow(/boot method/);
});

test('direct boot without a kernel is refused', () => {
  expect(() => read({ boot: 'direct' })).toThrow(/boot method/);
});

test('a PV command line that Xen would cut is refused; PVH takes it', () => {
  const kernel = { ...KERNEL, commandLine: 'a'.repeat(1024) };
  expect(() => read({ guest: 'pv', boot: 'direct', kernel })).toThrow(/kernel command line/);
  expect(readXlText(read({ guest: 'pvh', boot: 'direct', kernel }), 'cmdline')).toHaveLength(1024);
});

test('the domain is written whole', () => {
  const settings = read({ memoryBytes: 768 * 1024 ** 2, vcpus: 3 });
  expect(Object.fromEntries(settings)).toEqual({
    name: 'web1',
    uuid: makeDomain().uuid,
    type: 'pvh',
    memory: 768,
    vcpus: 3,
    kernel: '/usr/lib/grub-xen/grub-i386-xen_pvh.bin',
    disk: ['format=raw,vdev=xvda,access=rw,target=/dev/vg0/web1-root.7f3a12'],
    vif: ['mac=00:16:3e:12:34:56,bridge=xenbr0'],
    on_poweroff: 'destroy',
    on_reboot: 'restart',
    on_crash: 'restart',
  });
});

test('events, clock and further settings are the caller’s', () => {
  const settings = read(
    {},
    {
      onPoweroff: 'preserve',
      onReboot: 'destroy',
      onCrash: 'preserve',
      tscMode: 'native',
      extra: { pvshim: 1 },
    },
  );
  expect(Object.fromEntries(settings)).toMatchObject({
    on_poweroff: 'preserve',
    on_reboot: 'destroy',
    on_crash: 'preserve',
    tsc_mode: 'native',
    pvshim: 1,
  });
  expect(() => read({}, { extra: { memory: 1 } })).toThrow(/extra setting/);
});

test('memory that is no whole number of MiB is refused', () => {
  expect(() => read({ memoryBytes: 1024 ** 2 + 1 })).toThrow(/memory/);
});

test('each kind of network has its own line', () => {
  const at = (network: string, change = {}) =>
    parseXlVif(encodeXlVif(makeNic({ network, ...change }), NETWORKS));
  const ipv4 = { kind: 'static', address: '192.0.2.10/24' } as const;
  const ipv6 = { kind: 'static', address: '2001:db8::10/64' } as const;
  const mac = '00:16:3e:12:34:56';
  expect(at('lan', { ipv4 })).toEqual({ mac, bridge: 'xenbr0' });
  expect(at('inside', { ipv4 })).toEqual({ mac, bridge: 'xenbr1' });
  const routed = { mac, script: 'vif-route', gatewaydev: 'eth0' };
  expect(at('public', { ipv4, ipv6 })).toEqual({ ...routed, ip: '192.0.2.10' });
  expect(at('public', { ipv6 })).toEqual({ ...routed, ip: '2001:db8::10' });
  expect(at('public')).toEqual(routed);
  expect(() => at('nowhere')).toThrow(/network/);
});

test('a nic’s line has one word a key, whatever the nic', () => {
  fc.assert(
    fc.property(nic, (each) => {
      const line = encodeXlVif(each, NETWORKS);
      expect(line.split(',').map((part) => part.split('=').length)).not.toContain(1);
      expect(parseXlVif(line).mac).toBe(each.mac);
    }),
  );
});

test('disk lines are read in both spellings', () => {
  const disk = { format: 'raw', vdev: 'xvdb', access: 'ro', target: '/dev/vg0/a,b=c' };
  expect(parseXlDisk('format=raw,vdev=xvdb,access=ro,target=/dev/vg0/a,b=c')).toEqual(disk);
  expect(parseXlDisk('/dev/vg0/a, raw, xvdb, ro')).toEqual({ ...disk, target: '/dev/vg0/a' });
  expect(parseXlDisk('vg0/a,raw,xvda')).toEqual({
    format: 'raw',
    vdev: 'xvda',
    access: 'rw',
    target: '/dev/vg0/a',
  });
});

test('a hostile value anywhere is refused, or comes back as it was', () => {
  const where = fc.constantFrom(
    'name',
    'uuid',
    'device',
    'target',
    'mac',
    'network',
    'kernel',
    'commandLine',
    'address',
  );
  fc.assert(
    fc.property(where, hostileText, (place, text) => {
      const change: Partial<DomainDefinition> = {
        boot: 'direct',
        kernel: { ...KERNEL, ...(place === 'kernel' || place === 'commandLine' ? { [place]: text } : {}) },
        disks: [{ name: 'd', device: '/dev/d', target: 'xvda', readOnly: true, ...{ [place]: text } }],
        nics: [
          makeNic({
            network: 'public',
            ...(place === 'mac' || place === 'network' ? { [place]: text } : {}),
            ...(place === 'address' ? { ipv4: { kind: 'static', address: text } } : {}),
          }),
        ],
        ...(place === 'name' || place === 'uuid' ? { [place]: text } : {}),
      };
      const domain = makeDomain(change);
      let settings: ReturnType<typeof read>;
      try {
        settings = read(change);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        return;
      }
      expect(readXlText(settings, 'name')).toBe(domain.name);
      expect(readXlText(settings, 'kernel')).toBe(domain.kernel?.kernel);
      expect(readXlText(settings, 'cmdline')).toBe(domain.kernel?.commandLine);
      const [disk] = readXlList(settings, 'disk').map(parseXlDisk);
      expect(disk).toMatchObject({
        target: domain.disks[0]?.device,
        vdev: domain.disks[0]?.target,
        access: 'ro',
      });
      const [vif] = readXlList(settings, 'vif').map(parseXlVif);
      expect(vif).toMatchObject({ mac: domain.nics[0]?.mac, script: 'vif-route' });
    }),
  );
});

test('a disk that xl’s lexer would cut is refused', () => {
  const disk = { name: 'd', target: 'xvda', readOnly: false };
  for (const device of ['/dev/a,', '/dev/a b', 'vg0/a', '/dev/../a', '/dev/a\n', '']) {
    expect(() => encodeXlDisk({ ...disk, device })).toThrow(/device/);
  }
});

test('the file begins with its header and ends with a newline, without carriage returns', () => {
  const text = renderXlConfig(makeDomain(), options);
  expect(text.startsWith('# relight: {')).toBe(true);
  expect(text.endsWith('\n')).toBe(true);
  expect(text).not.toContain('\r');
  expect(parseConfigHeader(text)).toEqual(HEADER);
});
