import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkBridges,
  checkGuestType,
  checkMemory,
  explainXlFailure,
  listXenFiles,
  parseInstalled,
  type XlDomain,
} from '../../../src/host/xl-checks.ts';
import { parseXlList } from '../../../src/tools/xl.ts';

const captured = (name: string) => readFileSync(new URL(`../../captured/${name}`, import.meta.url), 'utf8');
const INFO = captured('xl-info-4.20.txt');
const ROWS = parseXlList(captured('xl-list-4.20-guest.txt'));
const GIB = 1024 ** 3;
const DOMAIN: XlDomain = { name: 'web1', guest: 'pvh', boot: 'grub', memoryBytes: GIB, vcpus: 1 };
const codes = (issues: readonly { code: string }[]) => issues.map(({ code }) => code);

describe('an xl that fails', () => {
  it.each([
    ["ERROR:  Can't find hypervisor information in sysfs!\n", 'RL0770'],
    ['xencall: error: Could not obtain handle on privileged command interface: No such file\n', 'RL0770'],
    ['libxl: error: libxl.c:102:libxl_ctx_alloc: cannot open libxc handle: No such file\n', 'RL0770'],
    ['cannot connect to xenstore\ncannot init xl context\n', 'RL0771'],
    ['', 'RL0771'],
  ])('is explained: %j', (output, code) => {
    expect(explainXlFailure('xl info', output, false).code).toBe(code);
  });

  it('is said to hang when it hangs', () => {
    expect(explainXlFailure('xl list', '', true)).toMatchObject({
      code: 'RL0771',
      message: 'xl list must answer, and it does not: it hangs, as it does without xenstored',
    });
  });
});

describe('guest types', () => {
  it('are all there under a Xen with hardware virtualisation', () => {
    for (const guest of ['pv', 'pvh', 'hvm'] as const) expect(checkGuestType({ guest }, INFO)).toEqual([]);
  });

  it('need hvm for pvh and hvm, and Xen with pv for pv', () => {
    const paravirtual = 'virt_caps : pv\nxen_caps : xen-3.0-x86_64 \n';
    const hardware = 'virt_caps : hvm hap\nxen_caps : hvm-3.0-x86_32 hvm-3.0-x86_64 \n';
    expect(codes(checkGuestType({ guest: 'pvh' }, paravirtual))).toEqual(['RL0772']);
    expect(codes(checkGuestType({ guest: 'hvm' }, paravirtual))).toEqual(['RL0772']);
    expect(checkGuestType({ guest: 'pv' }, paravirtual)).toEqual([]);
    expect(codes(checkGuestType({ guest: 'pv' }, hardware))).toEqual(['RL0772']);
    expect(checkGuestType({ guest: 'pvh' }, hardware)).toEqual([]);
  });
});

describe('memory', () => {
  it('is enough up to what Xen has free, less what it adds itself', () => {
    expect(checkMemory({ ...DOMAIN, memoryBytes: 4 * GIB }, INFO, ROWS, [])).toEqual([]);
    // 5036 MiB are free, and shadow pages take 41 of them.
    expect(codes(checkMemory({ ...DOMAIN, memoryBytes: 5000 * 1024 ** 2 }, INFO, ROWS, []))).toEqual([
      'RL0773',
    ]);
  });

  it('is told with numbers and with who has it', () => {
    const [issue] = checkMemory({ ...DOMAIN, memoryBytes: 16 * GIB }, INFO, ROWS, []);
    const holders = [...ROWS]
      .sort((left, right) => right.memoryMiB - left.memoryMiB)
      .map((row) => `${row.name} ${row.memoryMiB} MiB`)
      .join(', ');
    expect(issue?.message).toBe(
      `the guest web1 takes 16517 MiB of memory, and Xen can give 5036 MiB; in use: ${holders}`,
    );
  });

  it('of domains that are stopped before counts as free', () => {
    const info = 'free_memory : 100\nxen_commandline : dom0_mem=1G\n';
    const row = { name: 'web1', id: 3, memoryMiB: 1024, vcpus: 1, state: '-b----', seconds: 1 };
    expect(codes(checkMemory(DOMAIN, info, [row], []))).toEqual(['RL0773']);
    expect(checkMemory(DOMAIN, info, [row], ['web1'])).toEqual([]);
  });

  it('comes out of dom0 too, unless dom0_mem pins it', () => {
    const dom0 = { name: 'Domain-0', id: 0, memoryMiB: 4096, vcpus: 1, state: 'r-----', seconds: 1 };
    expect(checkMemory(DOMAIN, 'free_memory : 0\nxen_commandline : placeholder\n', [dom0], [])).toEqual([]);
    const pinned = 'free_memory : 0\nxen_commandline : dom0_mem=4G,max:4G\n';
    expect(codes(checkMemory(DOMAIN, pinned, [dom0], []))).toEqual(['RL0773']);
  });
});

it('bridges are looked for among the interfaces, each once', () => {
  const links = '[{"ifname":"lo"},{"ifname":"xenbr0"}]';
  expect(checkBridges(['xenbr0'], links)).toEqual([]);
  expect(checkBridges(['br1', 'br1', 'xenbr0'], links).map(({ message }) => message)).toEqual([
    'the bridge br1 must exist before the guest starts, and this machine has no such interface',
  ]);
  expect(codes(checkBridges(['xenbr0'], ''))).toEqual(['RL0774']);
});

it('files follow the guest type and its boot method', () => {
  const packages = (domain: Partial<XlDomain>, image?: string) =>
    listXenFiles({ ...DOMAIN, ...domain }, image).map((file) => file.package);
  expect(packages({ boot: 'grub' }, '/grub.bin')).toEqual(['grub-xen-host']);
  expect(packages({ boot: 'direct' })).toEqual([]);
  expect(packages({ guest: 'hvm', boot: 'bios' })).toEqual(['qemu-system-xen']);
  expect(packages({ guest: 'hvm', boot: 'uefi' })).toEqual(['qemu-system-xen', 'ovmf']);
});

it('a package that is only known, or half removed, is not installed', () => {
  const output = 'bash installed\novmf config-files\nqemu-system-xen not-installed\n';
  expect(parseInstalled(output)).toEqual(['bash']);
});
