import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandContext } from '../../../src/commands/context.ts';
import { loadSiteAt } from '../../../src/commands/load-site.ts';
import { hashSpec } from '../../../src/commands/make-plan.ts';
import { type GuestStatus, runStatus } from '../../../src/commands/status.ts';
import { runWatch } from '../../../src/commands/watch.ts';
import { createJournal } from '../../../src/run/journal-file.ts';
import { type FakeDom0, installFakeDom0 } from '../../fake-dom0/install.ts';

let directory = '';
let fake: FakeDom0;
let context: CommandContext;
let printed: string[] = [];
const CLOCK = ['2026-11-25T10:00:00.000Z', '2026-11-25T10:00:01.000Z', '2026-11-25T10:04:01.000Z'];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-status-'));
  fake = installFakeDom0(join(directory, 'fake'));
  printed = [];
  mkdirSync(join(directory, 'domus'));
  mkdirSync(join(directory, 'xen/auto'), { recursive: true });
  writeFileSync(
    join(directory, 'site.yaml'),
    'relight: 1\nhost: { hypervisor: xl, storage: { lvm: vg0 } }\nnetworks: { lan: { mode: bridge, bridge: xenbr0 } }\n',
  );
  writeGuest();
  for (const name of ['web1-root.7f3a21', 'web1-srv']) writeFileSync(`${fake.devices}/vg0/${name}`, '');
  context = {
    print: (text) => void printed.push(text),
    say: () => {},
    environment: {
      ...process.env,
      ...{ PATH: `${fake.bin}:${process.env.PATH}`, RELIGHT_STATE: join(directory, 'state') },
      RELIGHT_XEN_CONFIG: join(directory, 'xen'),
    },
    ...{ workingDirectory: directory, color: false, terminal: false, verbose: false },
    signal: new AbortController().signal,
  };
});
afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

function writeGuest(memory = '512MiB'): void {
  const lines = [
    ...['name: web1', 'suite: trixie', 'guest: pv', 'boot: pygrub', 'install: bootstrap', 'vcpus: 1'],
    `memory: ${memory}`,
    ...['disks:', '  root: { size: 2GiB }', '  srv: { size: 64MiB, keep: true, mount: /srv }'],
    'nics: [ { network: lan, address: 192.0.2.10/24, mac: "00:16:3e:00:00:01" } ]',
    'uuid: 6f1c1b4e-0000-4000-8000-000000000001',
    'start: auto',
  ];
  writeFileSync(join(directory, 'domus/web1.yaml'), `${lines.join('\n')}\n`);
}

/** What a rebuild leaves: configuration, autostart link, journal, console; and the domain runs. */
function buildGuest(changes: (text: string) => string = (text) => text): string {
  const guest = loadSiteAt(directory).parsed.site?.guests.get('web1');
  if (guest === undefined) throw new Error('the spec of the test has errors');
  const header = { format: 1, guest: 'web1', operation: '7f3a21', spec: hashSpec(guest), relight: '0.1.0' };
  const config = join(directory, 'xen/web1.cfg');
  const text = [
    `# relight: ${JSON.stringify({ ...header, volumes: ['web1-root.7f3a21'], nonce: 'abcdef12' })}`,
    ...['name = "web1"', `uuid = "${guest.uuid}"`, 'type = "pv"', 'memory = 512', 'vcpus = 1'],
    'bootloader = "pygrub"',
    `disk = [ "format=raw,vdev=xvda,access=rw,target=${fake.devices}/vg0/web1-root.7f3a21",`,
    `  "format=raw,vdev=xvdb,access=rw,target=${fake.devices}/vg0/web1-srv" ]`,
    'vif = [ "mac=00:16:3e:00:00:01,bridge=xenbr0" ]',
  ].join('\n');
  writeFileSync(config, changes(`${text}\n`));
  symlinkSync(config, join(directory, 'xen/auto/web1.cfg'));
  const operation = join(directory, 'state/guests/web1/operations/7f3a21');
  mkdirSync(operation, { recursive: true });
  let tick = 0;
  const journal = createJournal(`${operation}/journal.jsonl`, () => CLOCK[tick++] ?? '');
  const started = { operation: '7f3a21', guest: 'web1', route: 'bootstrap', planHash: 'x', relight: '0.1.0' };
  journal.append({ type: 'operation-started', ...started, replaces: null });
  journal.append({ type: 'action-intent', action: 'install-root', phase: 'install' });
  journal.append({ type: 'action-done', action: 'install-root' });
  journal.append({ type: 'finished' });
  journal.close();
  execFileSync(`${fake.bin}/xl`, ['create', config], { stdio: 'ignore' });
  writeFileSync(`${operation}/console.log`, readFileSync(`${fake.log}/guest-web1.log`));
  return config;
}

async function readStatus(): Promise<GuestStatus> {
  printed = [];
  expect(await runStatus(context, 'web1', { site: directory, json: true })).toBe(0);
  const document = JSON.parse(printed.join('')) as { version: number; guests: GuestStatus[] };
  expect(document.version).toBe(1);
  return document.guests[0] as GuestStatus;
}

describe('relight status on a dom0', () => {
  test('says nothing against a guest that is as its spec wants it', async () => {
    buildGuest();
    const status = await readStatus();
    expect(status).toMatchObject({
      ...{ generation: '7f3a21', drift: [], notes: [] },
      mode: { mode: 'PV', source: 'the ready line of operation 7f3a21' },
      last: { operation: '7f3a21', route: 'bootstrap', outcome: 'finished', phases: { install: 240 } },
      running: { details: { domid: '1', state: 'running', type: 'pv' } },
    });
    expect(status.unfinished).toBeUndefined();
    printed = [];
    await runStatus(context, 'web1', { site: directory });
    expect(printed.join('')).toContain('mode        PV (by the ready line of operation 7f3a21)');
    expect(printed.join('')).not.toContain('drift');
  });

  test('names each field in which spec, configuration and running domain differ', async () => {
    const config = buildGuest();
    writeGuest('1GiB');
    writeFileSync(config, readFileSync(config, 'utf8').replace('bridge=xenbr0', 'bridge=xenbr9'));
    rmSync(join(directory, 'xen/auto/web1.cfg'));
    const { drift, notes } = await readStatus();
    const nic = '00:16:3e:00:00:01 on';
    expect(drift).toEqual([
      { field: 'memory', wanted: '1024 MiB', configured: '512 MiB', running: '512 MiB' },
      { field: 'nics', wanted: `${nic} xenbr0`, configured: `${nic} xenbr9`, running: `${nic} xenbr0` },
    ]);
    expect(notes).toEqual([
      'the spec has changed since the last rebuild',
      'it should start at boot, but is not linked',
    ]);
  });

  test('notices a domain that still runs from volumes which its configuration does not name any more', async () => {
    const config = buildGuest();
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll('7f3a21', 'ab12cd'));
    const { drift } = await readStatus();
    expect(drift).toEqual([
      {
        field: 'volumes',
        configured: 'xvda=web1-root.ab12cd xvdb=web1-srv',
        running: 'xvda=web1-root.7f3a21 xvdb=web1-srv',
      },
    ]);
  });

  test('believes Xen when the last ready line is from another life of the guest', async () => {
    fake.setScenario({ domains: { web1: { facts: { guest_type: 'PVH' } } } });
    buildGuest();
    expect((await readStatus()).mode).toMatchObject({
      mode: 'PV',
      source: expect.stringContaining('xl list -l'),
    });
  });

  test('tells PVHVM from HVM by the drivers that the guest has loaded', async () => {
    const hvm = (text: string) =>
      text.replace('"pv"', '"hvm"').replace('bootloader = "pygrub"', 'firmware = "bios"\nboot = "c"');
    fake.setScenario({ domains: { web1: { facts: { guest_type: 'HVM', modules: ['xen_blkfront'] } } } });
    buildGuest(hvm);
    const status = await readStatus();
    expect(status.mode?.mode).toBe('PVHVM');
    expect(status.drift.map(({ field }) => field)).toEqual(['type', 'boot']);
  });

  test('says that a guest which should run does not', async () => {
    buildGuest();
    execFileSync(`${fake.bin}/xl`, ['destroy', 'web1']);
    const status = await readStatus();
    expect(status.running).toBeUndefined();
    expect(status.mode).toBeUndefined();
    expect(status.notes).toEqual(['it should run, but does not']);
  });

  test('ends with 4 and what mends it when xl does not answer', async () => {
    fake.setFaults('xl list:*=exit 1');
    await expect(runStatus(context, 'web1', { site: directory })).rejects.toMatchObject({
      ...{ status: 4, code: 'RL0771', hint: expect.stringContaining('systemctl status xen.service') },
    });
  });
});

test('watch shows the phases and the console of the last rebuild, without control sequences', async () => {
  fake.setScenario({ domains: { web1: { console: ['\u001b[1;31mbooting\u001b[0m \u001b]0;title\u0007'] } } });
  buildGuest();
  printed = [];
  expect(await runWatch(context, 'web1', { site: directory })).toBe(0);
  const text = printed.join('');
  expect(text).toContain('10:00:01 begins install-root');
  expect(text).toContain('| booting');
  expect(text).not.toMatch(/[\u001b\u0007]/);
});
