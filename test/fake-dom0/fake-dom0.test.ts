import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunner } from '../../src/run/runner-spawn.ts';
import {
  buildLvcreateArgv,
  buildLvremoveArgv,
  buildLvsArgv,
  buildVgsArgv,
  parseLvs,
  parseVgs,
} from '../../src/tools/lvm.ts';
import { buildXlConsoleArgv, buildXlCreateArgv, buildXlShutdownArgv } from '../../src/tools/xl.ts';
import { parseReadyLine } from '../../src/watch/boot.ts';
import { type FakeDom0, installFakeDom0 } from './install.ts';

let fake: FakeDom0;
beforeEach(() => {
  fake = installFakeDom0(mkdtempSync(join(tmpdir(), 'fake-dom0-')), { thinPool: 'pool' });
});
afterEach(() => rmSync(fake.directory, { recursive: true }));

const run = (argv: readonly string[], deadlineSeconds = 20) =>
  createRunner({ environment: { ...process.env, PATH: `${fake.bin}:${process.env.PATH}` } }).run({
    argv,
    deadlineSeconds,
  });
const volume = { group: 'vg0', name: 'a', sizeBytes: 8 * 1024 * 1024, tags: ['relight.op=7f3a'] };

async function createGuest(header = '# relight: {"nonce":"n0nce"}\n'): Promise<void> {
  await run(buildLvcreateArgv(volume));
  const path = `${fake.directory}/a.cfg`;
  writeFileSync(
    path,
    `${header}name = "web1"\ntype = "pvh"\nkernel = "/vmlinuz"\nmemory = 64\ndisk = ["vdev=xvda,target=${fake.devices}/vg0/a"]\n`,
  );
  expect(await run(buildXlCreateArgv(path))).toMatchObject({ status: 0 });
}

const consoleLines = () => readFileSync(`${fake.log}/guest-web1.log`, 'utf8').split('\r\n');

describe('volumes of the fake dom0', () => {
  it('are sparse files with the answers of LVM', async () => {
    await run(buildLvcreateArgv(volume));
    await run(buildLvcreateArgv({ ...volume, name: 'thin', pool: 'pool' }));
    const volumes = parseLvs((await run(buildLvsArgv('vg0'))).stdout);
    expect(volumes.map(({ name, pool, active, open }) => [name, pool, active, open])).toEqual([
      ['a', undefined, true, false],
      ['pool', undefined, true, false],
      ['thin', 'pool', true, false],
    ]);
    expect(statSync(volumes[0]?.path ?? '').size).toBe(volume.sizeBytes);
    const group = parseVgs((await run(buildVgsArgv('vg0'))).stdout)[0];
    expect(group?.freeBytes).toBe((group?.sizeBytes ?? 0) / 2 - volume.sizeBytes);
  });

  it('are not removed while a domain has them open', async () => {
    await createGuest();
    const { uuid } = parseLvs((await run(buildLvsArgv('vg0', 'a'))).stdout)[0] ?? { uuid: '' };
    const argv = buildLvremoveArgv('vg0', 'a', { uuid, tag: 'relight.op=7f3a' });
    expect(await run(argv)).toMatchObject({ status: 5, stderr: '  Logical volume vg0/a in use.\n' });
    await run(buildXlShutdownArgv('web1', true));
    expect(await run(argv)).toMatchObject({
      status: 0,
      stdout: '  Logical volume "a" successfully removed.\n',
    });
    expect(fake.state().volumes['vg0/a']).toBeUndefined();
  });
});

describe('domains of the fake dom0', () => {
  it('say that they are ready, with the nonce of their configuration', async () => {
    await createGuest();
    const facts = consoleLines()
      .map((line) => parseReadyLine(line, 'n0nce'))
      .find((found) => found !== undefined);
    expect(facts).toMatchObject({ hostname: 'web1', guestType: 'PVH', mounts: ['/'] });
  });

  it('take the nonce from where the scenario says', async () => {
    writeFileSync(`${fake.directory}/plan.json`, '{"nonce":"fr0m-plan"}');
    fake.setScenario({ nonceFrom: { glob: `${fake.directory}/*.json`, pattern: '"nonce":"([^"]+)"' } });
    await createGuest('');
    expect(consoleLines().some((line) => line.startsWith('relight-ready fr0m-plan {'))).toBe(true);
  });

  it('can panic and stay, or power off and go', async () => {
    fake.setScenario({
      domains: { web1: { console: ['Kernel panic - not syncing: x'], ready: false, ending: 'poweroff' } },
    });
    await createGuest();
    expect(consoleLines()).toEqual(['Kernel panic - not syncing: x', '']);
    expect((await run(['xl', 'list', 'web1'])).status).toBe(1);
  });

  it('are followed on the console until they end, also when they speak late', async () => {
    fake.setScenario({ domains: { web1: { delayMs: 300, ending: 'poweroff', afterMs: 6000 } } });
    await createGuest();
    const result = await run(buildXlConsoleArgv('web1', 'pvh'));
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('relight-ready n0nce {');
  });

  it('may ignore a shutdown', async () => {
    fake.setScenario({ domains: { web1: { ignoreShutdown: true } } });
    await createGuest();
    expect(await run(buildXlShutdownArgv('web1', true), 1)).toMatchObject({ timedOut: true });
    expect(fake.state().domains.map(({ name }) => name)).toEqual(['web1']);
  });
});

it('leaves all other questions about interfaces and packages to the real programs', async () => {
  expect((await run(['dpkg-query', '--show', '--showformat', '$' + '{Package}', 'bash'])).stdout).toBe(
    'bash',
  );
  expect((await run(['dpkg-query', '--version'])).stdout).toContain('Debian');
  expect(fake.calls()).toEqual([]);
});

describe('faults of the fake dom0', () => {
  it('strike at the call that they name, and at no other', async () => {
    fake.setFaults('lvcreate:2=exit 5', 'xl list:1=exit 7');
    const statuses = [];
    for (const name of ['a', 'b', 'c'])
      statuses.push((await run(buildLvcreateArgv({ ...volume, name }))).status);
    expect(statuses).toEqual([0, 5, 0]);
    expect((await run(['xl', 'info'])).status).toBe(0);
    expect((await run(['xl', 'list'])).status).toBe(7);
    expect(Object.keys(fake.state().volumes)).not.toContain('vg0/b');
    expect(fake.calls().map(([program]) => program)).toEqual([
      'lvcreate',
      'lvcreate',
      'lvcreate',
      'xl',
      'xl',
    ]);
  });

  it('can lie, talk nonsense and hang', async () => {
    fake.setFaults('lvcreate:1=lie', 'lvs:1=garbage', 'vgs:*=hang');
    expect(await run(buildLvcreateArgv(volume))).toMatchObject({ status: 0, stdout: '' });
    expect(fake.state().volumes['vg0/a']).toBeUndefined();
    const { stdout } = await run(buildLvsArgv('vg0'));
    expect(() => parseLvs(stdout)).toThrow();
    expect(await run(buildVgsArgv('vg0'), 1)).toMatchObject({ timedOut: true });
  });
});
