import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/report/failure.ts';
import {
  buildXlConsoleArgv,
  buildXlCreateArgv,
  buildXlDestroyArgv,
  buildXlDomidArgv,
  buildXlShutdownArgv,
  parseXlInfo,
  parseXlList,
  parseXlListLong,
  XL_INFO_ARGV,
  XL_LIST_ARGV,
  XL_LIST_LONG_ARGV,
} from '../../../src/tools/xl.ts';
import { installFakeDom0 } from '../../fake-dom0/install.ts';

const directory = mkdtempSync(join(tmpdir(), 'xl-'));
afterAll(() => rmSync(directory, { recursive: true }));

const UUID = '6f1c1b4e-0000-4000-8000-000000000001';

describe('the output of xl (from the fake dom0, which the contract holds to the real one)', () => {
  const fake = installFakeDom0(directory);
  const xl = (argv: readonly string[]) => {
    const [program = '', ...args] = argv;
    return execFileSync(`${fake.bin}/${program}`, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  };
  const name = `web1-${'x'.repeat(50)}~verify`;
  writeFileSync(`${directory}/disk`, '');
  writeFileSync(
    `${directory}/a.cfg`,
    `name = "${name}"\nuuid = "${UUID}"\ntype = "pvh"\nkernel = "/vmlinuz"\nmemory = 512\nvcpus = 2\n` +
      `disk = ["format=raw,vdev=xvda,access=rw,target=${directory}/disk"]\nvif = ["mac=00:16:3e:00:00:01,bridge=xenbr0"]\n`,
  );
  xl(buildXlCreateArgv(`${directory}/a.cfg`));

  it('is read as a list, with names longer than their column', () => {
    expect(parseXlList(xl(XL_LIST_ARGV))).toEqual([
      { name: 'Domain-0', id: 0, memoryMiB: 1024, vcpus: 2, state: 'r-----', seconds: 1.5 },
      { name, id: 1, memoryMiB: 512, vcpus: 2, state: '-b----', seconds: 1.5 },
    ]);
  });

  it('is read in full', () => {
    expect(parseXlListLong(xl(XL_LIST_LONG_ARGV))[1]).toEqual({
      ...{ name, id: 1, uuid: UUID, type: 'pvh', memoryKiB: 512 * 1024, vcpus: 2 },
      disks: [{ device: 'xvda', target: `${directory}/disk` }],
      nics: [{ mac: '00:16:3e:00:00:01', attached: 'xenbr0' }],
      ...{ kernel: '/vmlinuz', bootloader: '', firmware: '' },
    });
    for (const text of ['', '{', '{}', 'null']) expect(() => parseXlListLong(text)).toThrow(Failure);
  });

  it('tells free memory and what the machine can do', () => {
    expect(parseXlInfo(xl(XL_INFO_ARGV))).toMatchObject({
      ...{ version: '4.17.5', virtualization: ['pv', 'hvm', 'hap'] },
      ...{ freeMemoryMiB: 16384 - 512, totalMemoryMiB: 16384 + 1024 },
    });
    expect(parseXlInfo('')).toMatchObject({ version: '', freeMemoryMiB: 0 });
  });
});

describe('the output of xl 4.20', () => {
  const captured = (name: string) => readFileSync(`test/captured/${name}`, 'utf8');

  it('is read as a list', () => {
    expect(parseXlList(captured('xl-list-4.20-dom0.txt'))).toEqual([
      { name: 'Domain-0', id: 0, memoryMiB: 3072, vcpus: 2, state: 'r-----', seconds: 112 },
    ]);
    expect(parseXlList(captured('xl-list-4.20-guest.txt'))).toEqual([
      { name: 'row-trixie-pv-direct', id: 1, memoryMiB: 512, vcpus: 1, state: '------', seconds: 62.8 },
    ]);
  });

  it('is read in full', () => {
    expect(parseXlListLong(captured('xl-list-long-4.20-dom0.json'))).toEqual([
      {
        ...{ name: 'Domain-0', id: 0, uuid: '', type: 'pv', memoryKiB: 3145728, vcpus: undefined },
        disks: [],
        nics: [],
        ...{ kernel: '', bootloader: '', firmware: '' },
      },
    ]);
  });

  it('tells about the machine', () => {
    expect(parseXlInfo(captured('xl-info-4.20.txt'))).toEqual({
      version: '4.20.5-pre',
      capabilities: ['xen-3.0-x86_64', 'hvm-3.0-x86_32', 'hvm-3.0-x86_32p', 'hvm-3.0-x86_64'],
      virtualization: ['pv', 'hvm', 'hap', 'gnttab-v1', 'gnttab-v2'],
      freeMemoryMiB: 5036,
      totalMemoryMiB: 8191,
      commandLine:
        'console=com1 com1=115200,8n1 dom0_mem=3072M,max:3072M loglvl=warning guest_loglvl=all smt=off spec-ctrl=no xpti=no',
    });
  });
});

describe('the argument lists for xl', () => {
  it('are as the man page has them', () => {
    expect(buildXlCreateArgv('/etc/xen/web1.cfg')).toEqual(['xl', 'create', '/etc/xen/web1.cfg']);
    expect(buildXlShutdownArgv('web1', true)).toEqual(['xl', 'shutdown', '-w', '-F', 'web1']);
    expect(buildXlShutdownArgv('web1', false)).toEqual(['xl', 'shutdown', '-F', 'web1']);
    expect(buildXlConsoleArgv('web1~verify', 'pvh')).toEqual(['xl', 'console', '-t', 'pv', 'web1~verify']);
    expect(buildXlConsoleArgv('web1', 'hvm')).toEqual(['xl', 'console', '-t', 'serial', 'web1']);
  });

  it('refuse what xl would read as an option, a number of a domain, or a relative path', () => {
    for (const name of ['', '-a', '0', '12', 'a b', 'a\n', 'Domain-0;', 'ä']) {
      expect(() => buildXlDestroyArgv(name)).toThrow(Failure);
      expect(() => buildXlDomidArgv(name)).toThrow(Failure);
    }
    for (const path of ['web1.cfg', '-f', '', '/a\nb'])
      expect(() => buildXlCreateArgv(path)).toThrow(Failure);
  });
});
