import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Partition } from '../../src/iso/partitions.ts';
import { type IsoLab, makeIsoLab } from '../support/iso-program.ts';
import { makeKernelHead } from '../support/iso-samples.ts';

/** `iso inspect` of good images. What it says of others is in iso-verify.real.test.ts. Needs xorriso, isolinux, gpg. */
let lab: IsoLab;
beforeAll(async () => {
  lab = await makeIsoLab();
}, 120_000);
afterAll(() => rmSync(lab.work, { recursive: true, force: true }));

function inspect(image: string) {
  const ended = lab.relight(['iso', 'inspect', image, '--json']);
  expect(ended).toMatchObject({ status: 0 });
  return JSON.parse(ended.stdout);
}

test('all that there is to know of an image', () => {
  expect(inspect(lab.input)).toMatchObject({
    version: 1,
    identity: {
      distribution: 'Debian',
      kind: 'netinst',
      version: '13.1.0',
      codename: 'trixie',
      architectures: ['amd64'],
      diskInfo: 'Debian GNU/Linux 13.1.0 "Trixie" - Unofficial amd64 NETINST 20250906-10:23',
    },
    kernels: [{ path: '/install.amd/vmlinuz', facts: { version: '6.12.0-test-amd64', compression: 'zstd' } }],
    initrds: [{ path: '/install.amd/initrd.gz', compression: 'gzip' }],
    menus: expect.arrayContaining([
      expect.objectContaining({ loader: 'isolinux', kernel: '/install.amd/vmlinuz' }),
      expect.objectContaining({ loader: 'grub', initrds: ['/install.amd/initrd.gz'] }),
    ]),
    boot: {
      entries: [
        { platform: 'bios', path: '/isolinux/isolinux.bin', isBootable: true },
        { platform: 'efi', path: '/boot/grub/efi.img', isBootable: true },
      ],
      problems: [],
    },
    guests: ['hvm-bios', 'hvm-uefi', 'pv', 'pvh'],
    obstacles: [],
  });
});

test('MBR, GPT and Apple partition map are what xorriso reads', () => {
  const report = execFileSync('xorriso', ['-indev', lab.input, '-report_system_area', 'plain'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const rows = (pattern: RegExp, unit: number, table: string, before = 0) =>
    [...report.matchAll(pattern)].map(([, number, start, length]) => ({
      ...{
        table,
        number: Number(number) + before,
        start: Number(start) * unit,
        length: Number(length) * unit,
      },
    }));
  const theirs = [
    ...rows(/^MBR partition +: +(\d+) +\S+ +\S+ +(\d+) +(\d+)$/gm, 512, 'mbr'),
    ...rows(/^GPT start and size : +(\d+) +(\d+) +(\d+)$/gm, 512, 'gpt'),
    ...rows(/^APM start and size : +(\d+) +(\d+) +(\d+)$/gm, 2048, 'apm', 1),
  ];
  const ours = inspect(lab.input).boot.partitions.partitions as Partition[];
  expect(new Set(theirs.map(({ table }) => table))).toEqual(new Set(['mbr', 'gpt', 'apm']));
  // xorriso neither reports nor counts the entry by which an Apple partition map describes itself.
  const described = ours.filter(({ type }) => type !== 'Apple_partition_map');
  expect(described.map(({ table, number, start, length }) => ({ table, number, start, length }))).toEqual(
    theirs,
  );
});

describe('kinds', () => {
  const kernel = makeKernelHead('6.12.0-test-amd64');
  const menu = (base: string) =>
    `label install\n kernel ${base}\n append initrd=${base.replace(/\w+$/, 'initrd.gz')} ---\n`;
  const onCd = (media: string): Record<string, string | Uint8Array> => ({
    '.disk/info': `Debian GNU/Linux 13.1.0 "Trixie" - Official amd64 ${media} Binary-1 20250906-10:23`,
    'isolinux/isolinux.cfg': menu('/install.amd/vmlinuz'),
    'install.amd/vmlinuz': kernel,
    'install.amd/initrd.gz': 'x',
    'pool/a': 'a',
  });
  test.each<[string, Record<string, string | Uint8Array>]>([
    ['netinst', onCd('NETINST')],
    ['dvd', onCd('DVD')],
    ['blu-ray', onCd('BD')],
    ['mini', { 'isolinux.cfg': menu('/linux'), linux: kernel, 'initrd.gz': 'x' }],
  ])('%s', (kind, files) => {
    const tree = mkdtempSync(join(lab.work, 'tree-'));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(tree, path, '..'), { recursive: true });
      writeFileSync(join(tree, path), content);
    }
    const image = join(lab.work, `${kind}.iso`);
    execFileSync('xorriso', ['-as', 'mkisofs', '-r', '-o', image, tree], { stdio: 'pipe' });
    const { identity } = inspect(image);
    expect(identity).toMatchObject({ distribution: 'Debian', kind });
    expect(identity.initrds).toEqual([kind === 'mini' ? '/initrd.gz' : '/install.amd/initrd.gz']);
  });
});
