import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installFakeDom0 } from '../fake-dom0/install.ts';
import { makeWorld } from './lanes.ts';
import { GUEST, type World } from './world.ts';

let world: World;
let live = '';
beforeAll(async () => {
  world = await makeWorld();
  const run = await world.relight('rebuild', 'web1', '--yes');
  if (run.status !== 0) throw new Error(run.stderr);
  live = world.live ?? '';
  world.save();
}, 240_000);
beforeEach(() => world.restore());
afterAll(() => rmSync(dirname(world.directory), { recursive: true, force: true }));

const rebuild = (...words: string[]) => world.relight('rebuild', 'web1', '--yes', ...words);

describe('refused before anything is touched', () => {
  test('the guest runs and nobody said --stop (P8)', async () => {
    const before = world.snapshot();
    const run = await rebuild();
    expect(run).toMatchObject({ status: 4, stderr: expect.stringContaining('--stop') });
    expect(world.snapshot()).toBe(before);
  });

  test('the archive cannot be reached: asked before anything is made, also by a resume', async () => {
    const withoutNetwork = (...words: string[]) =>
      world.run(['unshare', '--net', '--', ...world.argv(...words)], { real: true });
    const before = world.snapshot();
    const refused = await withoutNetwork('rebuild', 'web1', '--yes', '--stop');
    expect(refused).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/RL0777.*nothing was changed/),
    });
    expect(refused.stderr).toContain('relight rebuild web1 --offline');
    expect(world.snapshot()).toBe(before);
    world.fake.resetCalls();
    world.fake.setFaults('mmdebstrap:1=kill-parent-instead');
    await rebuild('--stop');
    world.fake.setFaults();
    await world.settle();
    const killed = world.snapshot();
    const offline = await withoutNetwork('resume', 'web1');
    expect(offline.status, offline.stdout + offline.stderr).toBe(4);
    expect(world.snapshot()).toBe(killed);
    const resumed = await world.relight('resume', 'web1');
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(world.live).not.toBe(live);
  });

  test('a resume that has installed already needs no archive', async () => {
    world.fake.resetCalls();
    world.fake.setFaults('xl create:1=kill-parent-instead');
    await rebuild('--stop');
    world.fake.setFaults();
    await world.settle();
    const argv = ['unshare', '--net', '--', ...world.argv('resume', 'web1')];
    const resumed = await world.run(argv, { real: true });
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(world.live).not.toBe(live);
  });

  test('the volume group is too small, with numbers (P5)', async () => {
    world.create();
    rmSync(world.fake.directory, { recursive: true });
    installFakeDom0(world.fake.directory, { tools: true, groupBytes: 512 * 1024 ** 2 });
    const run = await rebuild();
    expect(run.status).toBe(4);
    expect(run.stderr).toMatch(
      /RL0766.*too little space in the storage: 1\d{3}MiB are needed, 512MiB are free/,
    );
    expect(world.volumes()).toEqual([]);
  });

  test('the state directory has too little room, with numbers (P5)', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', world.state]);
    try {
      const run = await rebuild('--stop');
      expect(run.status).toBe(4);
      expect(run.stderr).toMatch(
        /RL0766.*too little space in the state directory .*: 2GiB are needed, \d+MiB are free/,
      );
      expect(world.live).toBe(live);
    } finally {
      execFileSync('umount', ['--lazy', world.state]);
    }
  });

  test('a program is missing: its package is named', async () => {
    const hide =
      'for p in /usr/sbin/mke2fs /sbin/mke2fs; do [ -e $p ] && mount --bind /dev/null $p; done; rm "$1/mke2fs"; shift; exec "$@"';
    const run = await world.run(
      [
        'unshare',
        '--mount',
        '/bin/sh',
        '-c',
        hide,
        'sh',
        world.fake.bin,
        ...world.argv('rebuild', 'web1', '--yes', '--stop'),
      ],
      {
        real: true,
      },
    );
    expect(run.status, run.stderr).toBe(4);
    expect(run.stderr).toMatch(/RL0750.*mke2fs \(package e2fsprogs\)/);
    expect(run.stderr).toContain('apt-get install e2fsprogs');
  });

  test('the plan is stale: the spec, or this machine, has changed since (P22)', async () => {
    const plan = `${world.directory}/plan.json`;
    expect((await world.relight('plan', 'web1', '-o', plan)).status).toBe(0);
    const text = readFileSync(`${world.directory}/site/domus/web1.yaml`, 'utf8');
    world.write('site/domus/web1.yaml', text.replace('256MiB', '300MiB'));
    expect(await rebuild('--stop', '--plan', plan)).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/RL0767.*the spec has changed since/),
    });
    world.write('site/domus/web1.yaml', text);
    writeFileSync(world.config, `${world.readConfig()}# touched\n`);
    expect(await rebuild('--stop', '--plan', plan)).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/RL0767.*this machine has changed since/),
    });
  });

  test('a name for a kept disk belongs to somebody else (P7)', async () => {
    world.write('site/domus/web1.yaml', GUEST.replace('srv:', 'logs:').replace('/srv }', '/logs }'));
    const path = `${world.fake.devices}/vg0/web1-logs`;
    execFileSync(
      `${world.fake.bin}/lvcreate`,
      ['--yes', '--name', 'web1-logs', '--size', '16777216b', 'vg0'],
      {
        stdio: 'ignore',
      },
    );
    writeFileSync(path, 'somebody else wrote this', { flag: 'r+' });
    const run = await rebuild('--stop');
    expect(run).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/RL0711.*was not made by relight/),
    });
    expect(readFileSync(path, 'latin1')).toContain('somebody else');
  });

  test('something else has the kept volume open while the guest is down (P7)', async () => {
    expect((await world.relight('stop', 'web1')).status).toBe(0);
    const path = `${world.fake.devices}/vg0/web1-srv`;
    const loop = execFileSync('losetup', ['--find', '--show', path], { encoding: 'utf8' }).trim();
    try {
      const before = world.snapshot();
      const run = await rebuild();
      expect(run).toMatchObject({ status: 4, stderr: expect.stringMatching(/RL0716.*web1-srv is in use/) });
      expect(run.stderr).toContain(`findmnt ${path}`);
      expect(world.snapshot()).toBe(before);
    } finally {
      execFileSync('losetup', ['--detach', loop]);
    }
  });
});

describe('hostile and malformed specs (P17, P18)', () => {
  const cases: [string, (text: string) => string | Buffer][] = [
    ['an unknown key', (text) => `${text}colour: red\n`],
    ['a wrong type', (text) => text.replace('vcpus: 1', 'vcpus: [one]')],
    ['an impossible address', (text) => text.replace('192.0.2.10/24', '192.0.2.300/24')],
    ['a duplicate key', (text) => `${text}memory: 1GiB\n`],
    ['an alias bomb', () => `a: &a [x,x,x,x,x,x,x,x,x]\n${bomb()}`],
    ['a file above 1 MiB', (text) => `${text}# ${'x'.repeat(1024 * 1024)}\n`],
    ['the byte NUL', (text) => text.replace('vcpus', 'vc\0pus')],
    ['tabs', (text) => text.replace('  root', '\troot')],
    ['CR LF', (text) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['nothing', () => ''],
    [
      'bytes that are no UTF-8',
      (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0x0a])]),
    ],
    ['a command for a name', (text) => text.replace('name: anna', 'name: "$(id)"')],
    ['an option for a name', (text) => text.replace('name: anna', 'name: "-R/"')],
    ['an option for a package', (text) => `${text}packages: ["--allow-downgrades"]\n`],
    ['two commands for a package', (text) => `${text}packages: ["a;reboot"]\n`],
    ['a line feed in a host name', (text) => text.replace('name: web1', 'name: "web1\\nroot"')],
    ['a way out of the guest', (text) => text.replace('/srv2/page.html', '/../../etc/passwd')],
    ['a way out of the site', (text) => text.replace('files/page.html', '../../../etc/shadow')],
    ['quotes in an address', (text) => text.replace('192.0.2.10/24', `'192.0.2.10"/24'`)],
  ];
  test.each(cases)('%s: status 3, a place in the file, no file and no process', async (_name, spoil) => {
    world.create();
    writeFileSync(`${world.directory}/site/domus/web1.yaml`, spoil(GUEST));
    const run = await rebuild();
    expect(run.status, run.stderr.slice(0, 1000)).toBe(3);
    expect(run.stderr).toMatch(/web1\.yaml(:\d+:\d+)?: error RL\d{4}:/);
    expect(existsSync(world.state)).toBe(false);
    expect(world.fake.calls()).toEqual([]);
  });

  test.each([
    ['a directory', (path: string) => execFileSync('sh', ['-c', 'rm "$1"; mkdir "$1"', 'sh', path])],
    [
      'a symbolic link to itself',
      (path: string) => execFileSync('sh', ['-c', 'rm "$1"; ln -s "$1" "$1"', 'sh', path]),
    ],
    ['a pipe', (path: string) => execFileSync('sh', ['-c', 'rm "$1"; mkfifo "$1"', 'sh', path])],
  ])('%s in the place of a spec', async (_name, put) => {
    world.create();
    put(`${world.directory}/site/domus/web1.yaml`);
    const run = await rebuild();
    expect(run.status, run.stderr).toBeOneOf([2, 3]);
    expect(run.stderr).toMatch(/RL\d{4}/);
    expect(existsSync(world.state)).toBe(false);
  });
});

function bomb(): string {
  const names = 'abcdefghi';
  return [...names.slice(1)]
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${names[index]}`).join(',')}]\n`)
    .join('');
}

describe('failures on the way', () => {
  test('a command that fails is named, and all is as before', async () => {
    world.fake.resetCalls();
    world.fake.setFaults('mke2fs:1=exit 1');
    const before = world.fingerprint(live);
    const volumes = world.volumes();
    const run = await rebuild('--stop');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/RL0601.*mke2fs failed with status 1/);
    expect(run.stderr).toContain('what was there before is intact');
    expect(world.fingerprint(live)).toEqual(before);
    expect(world.volumes()).toEqual(volumes);
    const status = await world.relight('status', 'web1');
    expect(status.stdout).toContain('failed and taken back');
    expect(world.domains()).toEqual(['web1']);
  });

  test('a new guest that panics is replaced by the old one by itself (P16)', async () => {
    const panic = { console: ['Kernel panic - not syncing: VFS'], ready: false };
    world.fake.setScenario({ domains: { web1: panic } });
    const before = world.fingerprint(live);
    const run = await rebuild('--stop');
    expect(run.status, run.stderr).toBe(1);
    expect(run.stderr).toContain('Kernel panic');
    expect(world.live).toBe(live);
    expect(world.fingerprint(live)).toEqual(before);
    expect(world.domains()).toEqual(['web1']);
    const [domain] = world.fake.state().domains;
    expect(domain?.disks.map(({ target }) => target)).toContain(
      `${world.fake.devices}/vg0/web1-root.${live}`,
    );
  });

  test('an undo that fails ends with 5 and the next command; rollback goes on from there', async () => {
    world.fake.resetCalls();
    world.fake.setFaults('mke2fs:1=exit 1', 'lvremove:1=exit 5');
    const run = await rebuild('--stop');
    expect(run.status, run.stderr).toBe(5);
    expect(run.stderr).toMatch(/journal\.jsonl; mend the cause, then: relight rollback web1/);
    world.fake.setFaults();
    expect((await world.relight('rollback', 'web1')).status).toBe(0);
    expect(world.volumes()).toHaveLength(3);
    expect(world.live).toBe(live);
  });

  test('the state directory is lost: the guest is found again, its data kept (P24)', async () => {
    const before = world.fingerprint(live);
    rmSync(world.state, { recursive: true });
    const status = await world.relight('status', 'web1');
    expect(status.stdout).toContain(`generation  ${live}`);
    expect(world.domains()).toEqual(['web1']);
    const run = await rebuild('--stop');
    expect(run.status, run.stderr).toBe(0);
    expect(world.fingerprint(live).root).toBe(before.root);
    expect(world.fingerprint(live).data).toBe(before.data);
    const back = await world.relight('rollback', 'web1', '--yes');
    expect(back.status, back.stderr).toBe(0);
    expect(world.live).toBe(live);
  });

  test('a rebuild, the way back and the way back again; prune takes the old only (P23)', async () => {
    expect((await rebuild('--stop')).status).toBe(0);
    const second = world.live ?? '';
    expect((await world.relight('rollback', 'web1', '--yes')).status).toBe(0);
    expect(world.live).toBe(live);
    expect(world.volumes()).toEqual(
      expect.arrayContaining([
        `vg0/web1-root.${live} relight.state=live`,
        `vg0/web1-root.${second} relight.state=old`,
      ]),
    );
    const pruned = await world.relight('prune', 'web1', '--all', '--yes');
    expect(pruned.status, pruned.stderr).toBe(0);
    expect(world.volumes().some((line) => line.includes(second))).toBe(false);
    expect(world.volumes()).toHaveLength(3);
    expect(world.domains()).toEqual(['web1']);
    for (const name of readdirSync(`${world.fake.devices}/vg0`)) {
      expect(statSync(`${world.fake.devices}/vg0/${name}`).isFile()).toBe(true);
    }
  });

  test('prune without a name takes every guest in turn, also behind one whose spec is wrong', async () => {
    expect((await rebuild('--stop')).status).toBe(0);
    world.write('site/domus/aaa.yaml', 'name: aaa\nmemory: many\n');
    const pruned = await world.relight('prune', '--all', '--yes');
    expect(pruned.status).toBe(3);
    expect(pruned.stderr).toContain('aaa');
    expect(pruned.stdout).toContain(`web1: generation ${live} goes`);
    expect(world.volumes().some((line) => line.includes(live))).toBe(false);
    rmSync(`${world.directory}/site/domus/aaa.yaml`);
    const again = await world.relight('prune', '--yes');
    expect(again.status, again.stderr).toBe(0);
    expect(again.stdout).toBe('web1: nothing to prune.\n');
  });
});

test('a guest that does not shut down is switched off when its spec says so, not before', async () => {
  world.fake.setScenario({ domains: { web1: { ignoreShutdown: true, facts: { mounts: ['/', '/srv'] } } } });
  world.write('site/domus/web1.yaml', `${GUEST}timeouts: { shutdown: 2s }\n`);
  const stopped = await world.relight('stop', 'web1');
  expect(stopped.stderr).toContain('web1: shutting down (up to 2 s)');
  expect(stopped).toMatchObject({ status: 0, stdout: 'web1 did not answer and was switched off.\n' });
  expect(world.domains()).toEqual([]);
});

test('a guest that is too slow is taken back, and the hint says how to give it more time', async () => {
  world.write('site/domus/web1.yaml', `${GUEST}timeouts: { ready: 2s }\n`);
  world.fake.setScenario({ domains: { 'web1~verify': { ready: false } } });
  const run = await rebuild('--stop');
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/RL0731.*no ready line within 2 s/s);
  expect(run.stderr).toContain('timeouts: { ready: 1min }');
  expect(world.live).toBe(live);
});

test('a first build that fails says that its kept disk stays, and a plan that the running guest needs --stop', async () => {
  const planned = await world.relight('plan', 'web1');
  expect(planned.stderr).toContain('web1 is running: it is shut down only by relight rebuild web1 --stop');
  world.create();
  world.fake.setFaults('mmdebstrap:1=exit 25');
  const run = await rebuild();
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/hint: kept disks are never removed: \S*web1-srv stays for the next build/);
  expect(world.volumes()).toEqual(['vg0/web1-srv relight.state=kept']);
});

test('check --host says what would stop a rebuild: a secret that is lost, an archive that is away', async () => {
  expect(await world.relight('check', 'web1', '--host')).toMatchObject({ status: 0 });
  const lost = GUEST.replace(/password: \{ hash: .* \} \}/, 'password: { file: /nope/anna } }');
  world.write('site/domus/web1.yaml', lost);
  const checked = await world.relight('check', 'web1', '--host');
  expect(checked.status).not.toBe(0);
  expect(checked.stdout + checked.stderr).toMatch(/RL0610.*\/nope\/anna/);
  world.write('site/domus/web1.yaml', `${GUEST}mirror: http://127.0.0.1:9/debian\n`);
  const away = await world.relight('check', 'web1', '--host');
  expect(away.stdout + away.stderr).toContain('RL0777');
});
