import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareVersions,
  type GrubConfigRequest,
  renderGrubConfig,
} from '../../../src/render/grub-config.ts';
import { renderGrubDefaults } from '../../../src/render/grub-defaults.ts';
import { Failure } from '../../../src/report/failure.ts';
import { readGrubMenu, readShell } from './readers.ts';
import { hostileText, UUID } from './samples.ts';

const makeKernel = (version: string) => ({
  version,
  kernel: `/boot/vmlinuz-${version}`,
  initrd: `/boot/initrd.img-${version}`,
});
const request: GrubConfigRequest = {
  rootUuid: UUID,
  kernels: [makeKernel('6.1.0-9-amd64'), makeKernel('6.1.0-41-amd64')],
  commandLine: `root=UUID=${UUID} ro console=hvc0`,
  serial: false,
};

test('the newest kernel is the first and default entry', () => {
  const menu = readGrubMenu(renderGrubConfig(request));
  expect(menu.default).toBe(0);
  expect(menu.entries).toEqual([
    {
      title: 'Debian GNU/Linux, with Linux 6.1.0-41-amd64',
      linux: `/boot/vmlinuz-6.1.0-41-amd64 ${request.commandLine}`,
      initrd: '/boot/initrd.img-6.1.0-41-amd64',
    },
    {
      title: 'Debian GNU/Linux, with Linux 6.1.0-9-amd64',
      linux: `/boot/vmlinuz-6.1.0-9-amd64 ${request.commandLine}`,
      initrd: '/boot/initrd.img-6.1.0-9-amd64',
    },
  ]);
});

test('the root is searched by UUID, and named to the kernel when the command line does not', () => {
  const text = renderGrubConfig({ ...request, commandLine: 'console=hvc0' });
  expect(readGrubMenu(text).commands).toContain(`search --no-floppy --fs-uuid --set=root ${UUID}`);
  expect(readGrubMenu(text).entries[0]?.linux).toBe(
    `/boot/vmlinuz-6.1.0-41-amd64 root=UUID=${UUID} ro console=hvc0`,
  );
  expect(readGrubMenu(renderGrubConfig({ ...request, commandLine: '' })).entries[0]?.linux).toBe(
    `/boot/vmlinuz-6.1.0-41-amd64 root=UUID=${UUID} ro`,
  );
});

test('the serial terminal is set up only where there is one', () => {
  const words = (serial: boolean) =>
    readGrubMenu(renderGrubConfig({ ...request, serial })).commands.join('\n');
  expect(words(false)).not.toMatch(/serial|terminal/);
  expect(words(true)).toMatch(
    /^serial --unit=0 --speed=115200\nterminal_input serial console\nterminal_output serial console$/m,
  );
});

test('a filesystem brings its module', () => {
  expect(renderGrubConfig(request)).toContain('insmod ext2\n');
  expect(renderGrubConfig({ ...request, filesystem: 'xfs' })).toContain('insmod xfs\n');
});

test('there is nothing that pygrub stumbles over', () => {
  const text = renderGrubConfig({ ...request, serial: true });
  expect(text).not.toMatch(/^\s*(function|submenu|if|for|load_env)\b|\$\{|'\{/m);
  expect(text.endsWith('}\n')).toBe(true);
});

test('hostile values are refused or come back as they were', () => {
  const place = fc.constantFrom('rootUuid', 'commandLine', 'version', 'kernel', 'initrd');
  fc.assert(
    fc.property(place, hostileText, (name, text) => {
      const kernel = {
        ...makeKernel('6.1'),
        ...(name === 'version' || name === 'kernel' || name === 'initrd' ? { [name]: text } : {}),
      };
      const given: GrubConfigRequest = {
        ...request,
        kernels: [kernel],
        ...(name === 'rootUuid' || name === 'commandLine'
          ? { [name]: name === 'commandLine' ? `root=/dev/xvda1 ${text}` : text }
          : {}),
      };
      let written: string;
      try {
        written = renderGrubConfig(given);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        return;
      }
      expect(readGrubMenu(written).entries).toEqual([
        {
          title: `Debian GNU/Linux, with Linux ${kernel.version}`,
          linux: `${kernel.kernel} ${given.commandLine}`,
          initrd: kernel.initrd,
        },
      ]);
      expect(given.commandLine).not.toMatch(/[^A-Za-z0-9_.,:=/@%+~ -]/);
    }),
  );
});

test('a guest without kernels is refused', () => {
  expect(() => renderGrubConfig({ ...request, kernels: [] })).toThrow(/boot menu/);
});

test.each([
  ['6.1.0-9-amd64', '6.1.0-41-amd64'],
  ['6.1.0-41-amd64', '6.12.0-1-amd64'],
  ['6.12~rc1-amd64', '6.12-amd64'],
  ['6.1', '6.1.1'],
  ['6.9', '6.10'],
])('%s is older than %s', (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0);
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
});

test('the order of versions is a total order', () => {
  const version = fc.stringMatching(/^\d{1,2}(\.\d{1,2}){1,2}(~rc\d)?(-[0-9]{1,3})?(-[a-z0-9]{1,5})?$/);
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
      const [x = a, y = b, z = c] = [a, b, c].sort(compareVersions);
      expect(
        [compareVersions(x, y), compareVersions(y, z), compareVersions(x, z)].some((sign) => sign > 0),
      ).toBe(false);
    }),
  );
});

test('the defaults keep the console over kernel upgrades, and leave the root to grub-mkconfig', () => {
  const values = readShell(
    renderGrubDefaults({ commandLine: `root=UUID=${UUID} ro console=hvc0 quiet`, serial: false }),
  );
  expect(values).toMatchObject({ GRUB_CMDLINE_LINUX: 'console=hvc0 quiet', GRUB_TERMINAL: 'console' });
  expect(values).not.toHaveProperty('GRUB_SERIAL_COMMAND');
  const serial = readShell(renderGrubDefaults({ commandLine: 'console=ttyS0,115200n8', serial: true }));
  expect(serial).toMatchObject({
    GRUB_CMDLINE_LINUX: 'console=ttyS0,115200n8',
    GRUB_TERMINAL: 'serial console',
  });
});

test('hostile defaults are refused or inert', () => {
  fc.assert(
    fc.property(hostileText, (commandLine) => {
      try {
        const values = readShell(renderGrubDefaults({ commandLine, serial: false }));
        expect(values.GRUB_CMDLINE_LINUX?.length ?? 0).toBeLessThanOrEqual(commandLine.length);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }),
  );
});
