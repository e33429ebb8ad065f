import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DomainDefinition } from '../../../../src/plan/types.ts';
import { createRunner } from '../../../../src/run/runner-spawn.ts';
import { checkXlHost, requireXlHost, type XlNeeds } from '../../../../src/run/xl/check-host.ts';
import { type FakeDom0, installFakeDom0 } from '../../../fake-dom0/install.ts';

const DOMAIN: DomainDefinition = {
  ...{ name: 'web1', uuid: '6f1c1b4e-0000-4000-8000-000000000001', guest: 'pvh', boot: 'grub' },
  ...{ memoryBytes: 1024 ** 3, vcpus: 1, disks: [], nics: [], kernel: undefined, ports: [] },
};
const NEEDS: XlNeeds = { domain: DOMAIN, bridges: ['xenbr0'], stopped: [] };
const HVM: XlNeeds = { ...NEEDS, domain: { ...DOMAIN, guest: 'hvm', boot: 'bios' } };
/** Locks a file as xl does (fcntl F_SETLK with F_WRLCK), says so, and stays. The pack is struct flock (fcntl(2)). */
const HOLD = [
  'use Fcntl; open my $file, ">>", $ARGV[0] or die; $| = 1;',
  'my $lock = pack("s s x![q] q q i x![q]", F_WRLCK, 0, 0, 0, 0);',
  'fcntl($file, F_SETLK, $lock) or die; print "held"; sleep 600;',
].join(' ');
let fake: FakeDom0;
beforeEach(() => {
  fake = installFakeDom0(mkdtempSync(join(tmpdir(), 'xl-check-')), { memoryMiB: 2048 });
});
afterEach(() => rmSync(fake.directory, { recursive: true }));

const runner = () =>
  createRunner({ environment: { ...process.env, PATH: `${fake.bin}:${process.env.PATH}` } });
const check = async (needs: XlNeeds) => (await checkXlHost(runner(), needs)).map(({ code }) => code);

describe('a Xen host', () => {
  it('that has all is not complained about', async () => {
    expect(await check(NEEDS)).toEqual([]);
    expect(await check(HVM)).toEqual([]);
    await requireXlHost(runner(), NEEDS);
  });

  it('that lacks things is told all of them at once, as not ready', async () => {
    fake.setScenario({ links: ['lo'], missingPackages: ['qemu-system-xen'] });
    const needs = { ...HVM, domain: { ...HVM.domain, memoryBytes: 4 * 1024 ** 3 } };
    expect(await check(needs)).toEqual(['RL0773', 'RL0774', 'RL0775']);
    await expect(requireXlHost(runner(), needs)).rejects.toMatchObject({
      ...{ status: 4, code: 'RL0773' },
      message: expect.stringMatching(/2048 MiB[\s\S]*xenbr0[\s\S]*xen-qemu-system-i386/),
      hint: expect.stringContaining('apt-get install qemu-system-xen'),
    });
  });

  it('is asked for the loader of grub-xen-host only by guests that boot with it', async () => {
    fake.setScenario({ missingPackages: ['grub-xen-host'] });
    expect(await check(NEEDS)).toEqual(['RL0775']);
    expect(await check({ ...NEEDS, domain: { ...DOMAIN, boot: 'pygrub' } })).toEqual([]);
  });

  it('waits for another xl create, and names one that stays', async () => {
    const lock = `${fake.directory}/xl.lock`;
    writeFileSync(`${fake.directory}/xl.conf`, `lockfile="${lock}"\n`);
    const places = { config: `${fake.directory}/xl.conf`, patienceMs: 0 };
    expect(await check({ ...NEEDS, lock: places })).toEqual([]);
    const holder = spawn('perl', ['-e', HOLD, lock], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    await expect(requireXlHost(runner(), { ...NEEDS, lock: places })).rejects.toMatchObject({
      ...{ status: 4, code: 'RL1180', hint: expect.stringContaining(`kill ${holder.pid}`) },
      message: expect.stringContaining(`process ${holder.pid} (perl -e`),
    });
    setTimeout(() => holder.kill('SIGKILL'), 300);
    expect(await check({ ...NEEDS, lock: { ...places, patienceMs: 60_000 } })).toEqual([]);
  });

  it('whose tools fail is told so, and nothing else is looked at', async () => {
    fake.setFaults('xl list:1=exit 1');
    expect(await check(NEEDS)).toEqual(['RL0771']);
    expect(fake.calls().map(([program]) => program)).toEqual(['xl', 'xl']);
  });
});
