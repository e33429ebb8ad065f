import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareFreshDisk } from './image.ts';
import { FreshMachine } from './machine.ts';

const PROGRAM = new URL('../../dist/relight.mjs', import.meta.url).pathname;
const SITE = `mkdir -p /etc/relight/domus
cat >/etc/relight/site.yaml <<'END'
relight: 1
host:
  storage: { lvm: vg0 }
  dom0: { memory: 2GiB, vcpus: 2, guests-at-shutdown: shutdown }
END
cat >/etc/relight/domus/first.yaml <<'END'
guest: pvh
memory: 512MiB
disks:
  root: { size: 2GiB }
  srv: { size: 256MiB, keep: true, mount: /srv }
root: { login: false }
start: manual
END
`;
/** QEMU's emulation tells a nested Xen of a trapped RDTSC in a way that it cannot use: see test/xen/dom0/xl-wrapper.sh. */
const WRAP_XL = `set -e
cd /usr/lib/xen-*/bin
mv xl xl.real
printf '%s\\n' '#!/bin/sh' 'for word; do if [ "$word" = create ]; then exec "$0.real" "$@" "tsc_mode=\\"native\\""; fi; done' 'exec "$0.real" "$@"' >xl
chmod 755 xl
`;

describe('dom0 setup on a fresh Debian machine', () => {
  let machine: FreshMachine;

  beforeAll(async () => {
    machine = await FreshMachine.create('fresh-dom0', await prepareFreshDisk('trixie'), PROGRAM);
    console.log(`fresh: takes jobs after ${await machine.boot()} s`);
  });
  afterAll(async () => machine?.end());

  test('check says what is missing, and changes nothing', async () => {
    await machine.run('site', SITE, 60);
    const { status, output } = await machine.run('check', 'relight dom0 check', 300);
    expect(output).toMatch(/missing {2}Xen and its tools: install xen-system-amd64/);
    expect(output).toContain('RL1421');
    expect(status).toBe(4);
  });

  test('a disk that is in use is refused', async () => {
    const { status, output } = await machine.run(
      'refuse',
      'relight dom0 setup --storage /dev/vda --yes',
      300,
    );
    expect(output).toContain('RL1423');
    expect(status).toBe(4);
  });

  test('setup makes a dom0 of it', async () => {
    const started = Date.now();
    const { status, output } = await machine.run(
      'setup',
      'relight dom0 setup --storage /dev/vdb --yes',
      2400,
    );
    expect(status, output).toBe(0);
    expect(output).toContain('reboot, so that it is in force');
    console.log(`fresh: set up in ${Math.round((Date.now() - started) / 1000)} s`);
  });

  test('after the reboot by GRUB it runs under Xen, and all is green', async () => {
    console.log(`fresh: under Xen after ${await machine.reboot()} s`);
    await machine.run('wrap', WRAP_XL, 60);
    const { status, output } = await machine.run('green', 'relight dom0 check', 300);
    console.log(output);
    expect(status, output).toBe(0);
    expect(output).toMatch(/Xen 4\.\d+.*Domain-0 with/);
  });

  test('a second setup has nothing to do', async () => {
    const { status, output } = await machine.run('again', 'relight dom0 setup --yes', 300);
    expect(status, output).toBe(0);
    expect(output).toContain('Nothing to do.');
  });

  test('a guest is rebuilt there', async () => {
    const { status, output } = await machine.run('rebuild', 'relight rebuild first --yes', 3000);
    console.log(output.slice(-3000));
    expect(status, output).toBe(0);
  });
});
