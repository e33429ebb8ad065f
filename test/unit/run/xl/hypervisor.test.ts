import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DomainDefinition } from '../../../../src/plan/types.ts';
import type { Hypervisor } from '../../../../src/run/hypervisor.ts';
import { isAlive } from '../../../../src/run/qemu/process.ts';
import { createRunner } from '../../../../src/run/runner-spawn.ts';
import { createXlHypervisor } from '../../../../src/run/xl/hypervisor.ts';
import { readXlRecord, writeXlRecord } from '../../../../src/run/xl/record.ts';
import { type FakeDom0, installFakeDom0 } from '../../../fake-dom0/install.ts';

const DOMAIN: DomainDefinition = {
  ...{ name: 'web1', uuid: '6f1c1b4e-0000-4000-8000-000000000001', guest: 'pvh', boot: 'direct' },
  ...{ memoryBytes: 64 * 1024 ** 2, vcpus: 1, disks: [], nics: [], kernel: undefined, ports: [] },
};
let fake: FakeDom0;
let xl: Hypervisor;
let config = '';
let log = '';
let sysfs = '';
let runtime = '';
beforeEach(() => {
  fake = installFakeDom0(mkdtempSync(join(tmpdir(), 'xl-')));
  runtime = `${fake.directory}/run`;
  log = `${fake.directory}/console.log`;
  sysfs = `${fake.directory}/sys`;
  config = `${fake.directory}/web1.cfg`;
  const header = '# relight: {"nonce":"n0nce"}\n';
  writeFileSync(
    config,
    `${header}name = "web1"\ntype = "pvh"\nkernel = "/vmlinuz"\nmemory = 64\nvcpus = 2\n`,
  );
  const environment = { ...process.env, PATH: `${fake.bin}:${process.env.PATH}` };
  xl = createXlHypervisor({ runner: createRunner({ environment }), runtime, sysfs });
});
afterEach(async () => {
  fake.setFaults();
  await xl.destroy('web1');
  rmSync(fake.directory, { recursive: true, maxRetries: 5 });
});

const start = () => xl.start(DOMAIN, config, log);
const commands = () => fake.calls().map(([, command]) => command);
const count = (command: string) => commands().filter((called) => called === command).length;
const reader = () => readXlRecord(runtime, 'web1')?.reader;

async function waitFor(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !holds(); round += 1) await new Promise((done) => setTimeout(done, 50));
  expect(holds()).toBe(true);
}
const readLog = () => {
  try {
    return readFileSync(log, 'utf8');
  } catch {
    return '';
  }
};

describe('a domain that is started', () => {
  it('is created paused, has its console followed, and runs', async () => {
    await start();
    expect(fake.calls().filter(([, command]) => command === 'create')).toEqual([
      ['xl', 'create', '-p', config],
    ]);
    await waitFor(() => readLog().includes('relight-ready n0nce {'));
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(await xl.find('web1')).toMatchObject({
      ...{ name: 'web1', memoryBytes: 64 * 1024 ** 2, vcpus: 2, forwards: [] },
      ...{ since: expect.any(Number), details: { domid: '1', type: 'pvh', state: 'running' } },
    });
    expect((await xl.list()).map(({ name }) => name)).toEqual(['web1']);
  });

  it('is followed until it ends, also when it speaks late; the log is added to', async () => {
    writeFileSync(log, 'before\n', { mode: 0o600 });
    fake.setScenario({ domains: { web1: { delayMs: 800, ending: 'poweroff', afterMs: 500 } } });
    await start();
    const process = reader();
    await waitFor(() => process !== undefined && !isAlive(process));
    expect(readLog()).toMatch(/^before\n[\s\S]*relight-ready n0nce \{/);
    expect(await xl.find('web1')).toBeUndefined();
  });

  it('is left alone when it runs already', async () => {
    await start();
    await start();
    expect(count('create')).toBe(1);
    expect(await xl.find('web1')).toMatchObject({ details: { domid: '1' } });
  });

  it('lets go of its console when asked', async () => {
    await start();
    const process = reader();
    expect(process !== undefined && isAlive(process)).toBe(true);
    xl.releaseConsole?.('web1');
    await waitFor(() => process !== undefined && !isAlive(process));
    expect(await xl.find('web1')).toBeDefined();
  });

  it('is refused while the remains of another are there', async () => {
    fake.setScenario({ domains: { web1: { ending: 'crash' } } });
    writeFileSync(config, `${readFileSync(config, 'utf8')}on_crash = "preserve"\n`);
    await start();
    await expect(start()).rejects.toMatchObject({
      code: 'RL0703',
      message: expect.stringContaining('crashed'),
    });
  });
});

describe('a start that fails', () => {
  it('is tried again when the scripts of its devices were too slow, and not for ever', async () => {
    fake.setFaults('xl create:1=late');
    await start();
    expect(count('create')).toBe(2);
    await xl.destroy('web1');
    fake.setFaults('xl create:*=late');
    await expect(start()).rejects.toThrow(/because of timeout/);
    expect(count('create')).toBe(5);
  });

  it('leaves nothing when xl cannot create', async () => {
    fake.setFaults('xl create:1=exit 3');
    await expect(start()).rejects.toMatchObject({ code: 'RL0601' });
    expect(readXlRecord(runtime, 'web1')).toBeUndefined();
    await start();
    expect(await xl.find('web1')).toBeDefined();
  });

  it('destroys what cannot be let go', async () => {
    fake.setFaults('xl unpause:1=exit 1');
    await expect(start()).rejects.toMatchObject({ code: 'RL0601' });
    expect(fake.state().domains).toEqual([]);
  });

  it('destroys what cannot be followed', async () => {
    fake.setFaults('xl console:1=exit 1');
    await expect(start()).rejects.toMatchObject({ code: 'RL0704' });
    expect(fake.state().domains).toEqual([]);
  });

  it('is made good when it was cut off between creation and release', async () => {
    await start();
    await xl.destroy('web1');
    const runner = createRunner({ environment: { ...process.env, PATH: `${fake.bin}:${process.env.PATH}` } });
    await runner.run({ argv: ['xl', 'create', '-p', config], deadlineSeconds: 20 });
    const unknown = { domid: undefined, startedAt: 1, reader: undefined };
    writeXlRecord(runtime, 'web1', { state: 'starting', ...unknown });
    await start();
    expect(await xl.find('web1')).toMatchObject({ details: { domid: '3', state: 'running' } });
  });

  it('of an earlier boot says nothing about a domain of this one', async () => {
    await start();
    const path = `${runtime}/web1.domain`;
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"boot":"[^"]+"/, '"boot":"earlier"'));
    expect(await xl.find('web1')).toMatchObject({ since: undefined });
  });

  it('leaves a paused domain alone that a person has made', async () => {
    const runner = createRunner({ environment: { ...process.env, PATH: `${fake.bin}:${process.env.PATH}` } });
    await runner.run({ argv: ['xl', 'create', '-p', config], deadlineSeconds: 20 });
    await start();
    expect(await xl.find('web1')).toMatchObject({ details: { domid: '1', state: 'paused' } });
  });
});

describe('a domain that is ended', () => {
  it('goes by itself when it is asked', async () => {
    await start();
    expect(await xl.shutdown('web1', 30)).toBe('clean');
    expect(count('destroy')).toBe(0);
    expect(await xl.shutdown('web1', 30)).toBe('absent');
    expect(readXlRecord(runtime, 'web1')).toBeUndefined();
  });

  it('is destroyed when it does not hear', async () => {
    fake.setScenario({ domains: { web1: { ignoreShutdown: true } } });
    await start();
    expect(await xl.shutdown('web1', 1)).toBe('destroyed');
    expect(fake.state().domains).toEqual([]);
    await xl.destroy('web1');
  });

  it('does not count as gone when xl only says so', async () => {
    await start();
    fake.setFaults('xl destroy:1=exit 1');
    await expect(xl.destroy('web1')).rejects.toMatchObject({ code: 'RL0601' });
    expect(await xl.find('web1')).toBeDefined();
  });
});

it('reaches a guest at its own address', async () => {
  expect(await xl.locate('web1', '192.0.2.7/24', 22)).toEqual({ host: '192.0.2.7', port: 22 });
  expect(await xl.locate('web1', undefined, 22)).toBeUndefined();
});

describe('the counters of a domain', () => {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(sysfs, path)), { recursive: true });
    writeFileSync(join(sysfs, path), text);
  };

  it('change with its disks and nics, and with nobody else’s', async () => {
    await start();
    const domid = readXlRecord(runtime, 'web1')?.domid;
    expect(await xl.measure?.('web1')).toBeUndefined();
    put(`bus/xen-backend/devices/vbd-${domid}-51712/statistics/wr_sect`, '8\n');
    put(`class/net/vif${domid}.0/statistics/rx_bytes`, '100\n');
    put(`bus/xen-backend/devices/vbd-${domid}9-51712/statistics/wr_sect`, '5\n');
    expect(await xl.measure?.('web1')).toBe('8 100');
    put(`class/net/vif${domid}.0/statistics/rx_bytes`, '101\n');
    expect(await xl.measure?.('web1')).toBe('8 101');
    put(`class/net/vif${domid}9.0/statistics/rx_bytes`, '7\n');
    expect(await xl.measure?.('web1')).toBe('8 101');
  });

  it('are none for a domain that relight did not start', async () => {
    expect(await xl.measure?.('other')).toBeUndefined();
  });
});
