import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareFreshDisk } from './image.ts';
import * as jobs from './jobs.ts';
import { FreshMachine } from './machine.ts';

/** Goes on with the disks of the last run, as they are: with `-t` for the tests that are wanted then. */
const IS_KEPT = process.env.RELIGHT_DOM0_KEEP !== undefined;
const PROGRAM = new URL('../../dist/relight.mjs', import.meta.url).pathname;

describe('dom0 setup on a fresh Debian machine', () => {
  let machine: FreshMachine;
  /** Runs a job that must end with 0. */
  const succeed = async (name: string, script: string, seconds: number) => {
    const started = Date.now();
    const { status, output } = await machine.run(name, script, seconds);
    expect(status, output).toBe(0);
    console.log(`fresh: ${name}: ${Math.round((Date.now() - started) / 1000)} s`);
    return output;
  };

  beforeAll(async () => {
    machine = await FreshMachine.create('fresh-dom0', await prepareFreshDisk('trixie'), PROGRAM, IS_KEPT);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(machine.share, 'key')]);
    console.log(`fresh: takes jobs after ${await machine.boot()} s`);
    // The last run may have ended while dpkg was at work.
    if (IS_KEPT) await succeed('dpkg', 'dpkg --configure -a', 1800);
    else await succeed('grub', jobs.INSTALL_GRUB, 600);
  });
  afterAll(async () => machine?.end());

  test('check says what is missing, and changes nothing', async () => {
    await succeed('site', jobs.MAKE_SITE, 60);
    const { status, output } = await machine.run('check', 'relight dom0 check', 600);
    expect(output).toMatch(/missing {2}Xen and its tools: install xen-system-amd64/);
    expect(output).toContain('RL1421');
    expect(status).toBe(4);
  });

  test('a disk that is in use is refused', async () => {
    const { status, output } = await machine.run(
      'refuse',
      'relight dom0 setup --storage /dev/vda --yes',
      600,
    );
    expect(output).toContain('RL1423');
    expect(status).toBe(4);
  });

  test('a setup that is killed while dpkg works says so, and is finished by resume', async () => {
    const { status, output } = await machine.run('kill', jobs.KILL_SETUP, 2400);
    expect(status, output).toBe(0);
    expect(output).toMatch(/this machine is held[^\n]*\n(?:.*\n)*while apt goes on: 10\n/);
    expect(output).toMatch(/RL1414(?:.*\n)*afterwards: 4\n/);
    const resumed = await succeed('resume', 'relight resume dom0', 2400);
    expect(resumed).toContain('is finished');
  });

  test('after the reboot by its own GRUB it runs under Xen, and all is green', async () => {
    console.log(`fresh: under Xen after ${await machine.reboot()} s`);
    await succeed('wrap', jobs.WRAP_XL, 120);
    const output = await succeed('green', 'relight dom0 check', 900);
    console.log(output);
    expect(output).toMatch(/Xen 4\.\d+.*Domain-0 with/);
    expect(output).toContain('hello can be rebuilt now');
  });

  test('a second setup has nothing to do', async () => {
    expect(await succeed('again', 'relight dom0 setup --yes', 900)).toContain('Nothing to do.');
  });

  test('the example guest is rebuilt there, its packages come through the cache', async () => {
    const output = await succeed('rebuild', 'relight rebuild hello --yes', 3600);
    console.log(output.slice(-3000));
    const page = await fetch(`http://127.0.0.1:${machine.outsidePort}/`);
    expect(await page.text()).toContain('Hello from relight');
    expect(await succeed('status', 'relight status hello', 300)).toContain('10.0.2.15:8080');
  });

  test('the guest keeps the cache, and fetches a package through it', async () => {
    const output = await succeed('fetch', jobs.FETCH_IN_GUEST, 1800);
    expect(output).toContain('http://192.0.2.1:3142');
  });

  test('a bridge over an interface is taken back unless it is confirmed', async () => {
    const made = await succeed('bridge', jobs.MAKE_BRIDGE_SITE, 600);
    expect(made).toMatch(/xenbr9 .*10\.0\.3\.15\/24/);
    const { status, output } = await machine.run('return', jobs.WAIT_FOR_RETURN, 600);
    expect(output).toMatch(/eth1 .*10\.0\.3\.15\/24/);
    expect(output).not.toMatch(/xenbr9.*mtu/);
    expect(output).toMatch(/1 received/);
    expect(output).toContain('RL1312');
    expect(status, 'there is nothing left to confirm').toBe(1);
    await succeed('bridge-again', jobs.MAKE_BRIDGE_SITE, 600);
    const kept = await succeed('confirm', jobs.CONFIRM, 900);
    expect(kept).toMatch(/xenbr9 .*10\.0\.3\.15\/24/);
    expect(kept).toMatch(/1 received/);
  });

  test.each([
    ['ufw', 'ufw', 'ufw --force enable', 'ufw --force disable'],
    ['firewalld', 'firewalld', 'systemctl start firewalld', 'systemctl stop firewalld'],
    ['shorewall', 'shorewall', jobs.SHOREWALL, 'systemctl stop shorewall'],
  ])('a firewall that %s has: the rules are said, nothing is changed', async (name, ...words) => {
    const output = await succeed(name, jobs.askUnder(words[0], words[1], words[2]), 1800);
    expect(output).toContain('RL1305');
    expect(output).toContain(`managed by ${name}`);
    expect(output).toContain('masquerade');
    expect(output).toContain('setup: 4');
    expect(output).toContain('unchanged');
  });

  test('a thin pool is made; a setup killed half way is taken back', async () => {
    const output = await succeed('thin', jobs.THIN_POOL, 1200);
    expect(output).toContain('after rollback: vg0 .');
    expect(output).toMatch(/pool\s+thin-pool/);
    expect(output).toContain('check: 0');
  });
});
