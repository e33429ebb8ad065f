import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RenderOptions, runRender } from '../../../src/commands/render.ts';
import { WHATS } from '../../../src/plan/preview/names.ts';
import { Failure } from '../../../src/report/failure.ts';

let directory: string;
let printed: string;
let said: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-render-'));
  mkdirSync(join(directory, 'domus'));
  writeFileSync(
    join(directory, 'site.yaml'),
    'relight: 1\nnetworks:\n  lan: { mode: bridge, bridge: xenbr0 }\n',
  );
  writeFileSync(
    join(directory, 'domus/web1.yaml'),
    'suite: trixie\nmemory: 1GiB\ndisks: { root: { size: 4GiB } }\nnics: [{ network: lan, address: dhcp }]\n',
  );
  writeApt('exit 100');
  printed = '';
  said = '';
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Puts an apt-get first on PATH, so that no test depends on this machine's. */
function writeApt(body: string): void {
  mkdirSync(join(directory, 'bin'), { recursive: true });
  writeFileSync(join(directory, 'bin/apt-get'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

async function render(name: string, options: RenderOptions = {}) {
  const status = await runRender(
    {
      print: (text) => {
        printed += text;
      },
      say: (text) => {
        said += text;
      },
      environment: { PATH: `${join(directory, 'bin')}:/usr/bin:/bin` },
      workingDirectory: directory,
      color: false,
      terminal: false,
      verbose: false,
      signal: new AbortController().signal,
    },
    name,
    { site: directory, ...options },
  );
  expect(status).toBe(0);
}

async function failureOf(name: string, options: RenderOptions = {}): Promise<Failure> {
  const error: unknown = await render(name, options).catch((caught: unknown) => caught);
  if (!(error instanceof Failure)) throw new Error(`no Failure: ${String(error)}`);
  return error;
}

test('one file is printed as it is', async () => {
  await render('web1', { what: ['hostname'] });
  expect(printed).toBe('web1\n');
});

test('several files have a line that says where each belongs', async () => {
  await render('web1', { what: ['hostname', 'grub'] });
  expect(printed.match(/^# ==> .*$/gm)).toEqual([
    '# ==> hostname: in the guest /etc/hostname (0644) <==',
    '# ==> grub: in the guest /etc/default/grub.d/relight.cfg (0644) <==',
    '# ==> grub: in the guest /boot/grub/grub.cfg (0644) <==',
  ]);
});

test('without --what everything is printed; what this machine cannot tell is left out and said', async () => {
  await render('web1');
  expect(said).toMatch(/^sources left out: .*apt/m);
  const kinds = [...printed.matchAll(/^# ==> (\w+):/gm)].map((found) => found[1]);
  // The guest has no user with sudo.
  expect([...new Set(kinds)]).toEqual(
    WHATS.filter((what) => !['sources', 'sudoers', 'preseed'].includes(what)),
  );
});

test('sources asked for by name need a mirror', async () => {
  expect(await failureOf('web1', { what: ['sources'] })).toMatchObject({ status: 4, code: 'RL0911' });
});

test('the mirrors are those of this machine’s apt', async () => {
  const targets = ['Debian', 'Debian-Security'].map(
    (label) => `Debian\\t${label}\\t\\thttp://mirror.example.org/${label}/\\tPackages\\n`,
  );
  writeApt(`printf '${targets.join('')}'`);
  await render('web1', { what: ['sources'] });
  expect(printed).toContain('URIs: http://mirror.example.org/Debian\nSuites: trixie trixie-updates\n');
  expect(printed).toContain('URIs: http://mirror.example.org/Debian-Security\nSuites: trixie-security\n');
});

test('an unknown kind is refused with the nearest name', async () => {
  const failure = await failureOf('web1', { what: ['fstb'] });
  expect(failure).toMatchObject({ status: 2, code: 'RL0910', hint: 'did you mean "fstab"?' });
  expect((await failureOf('web1', { what: ['zzzzzz'] })).hint).toContain('known: xl, qemu');
  expect((await failureOf('web1', { what: ['constructor'] })).code).toBe('RL0910');
});

test('an unknown guest is wrong usage, a broken one invalid', async () => {
  expect(await failureOf('web2')).toMatchObject({ status: 2 });
  writeFileSync(join(directory, 'domus/web1.yaml'), 'memory: 1\n');
  expect(await failureOf('web1')).toMatchObject({ status: 3 });
  expect(printed).toBe('');
});

test('JSON has every file with path, mode and content', async () => {
  await render('web1', { what: ['sshd'], json: true });
  expect(JSON.parse(printed)).toEqual({
    version: 1,
    guest: 'web1',
    files: [
      {
        what: 'sshd',
        place: 'guest',
        path: '/etc/ssh/sshd_config.d/relight.conf',
        file: 'sshd.conf',
        mode: '0644',
        content: '# Written by relight.\nPermitRootLogin no\n',
      },
    ],
  });
});

test('-o writes each file under its own name with its mode, and prints nothing', async () => {
  await render('web1', { what: ['qemu', 'hosts', 'network'], output: 'out' });
  expect(printed).toBe('');
  expect(readdirSync(join(directory, 'out')).sort()).toEqual([
    '10-relight-nic0.network',
    'hosts',
    'qemu.json',
  ]);
  expect(statSync(join(directory, 'out/qemu.json')).mode & 0o777).toBe(0o600);
  expect(said).toContain(join(directory, 'out/hosts'));
});

test('-o does not follow a link that lies in the place of a file', async () => {
  mkdirSync(join(directory, 'out'));
  writeFileSync(join(directory, 'precious'), 'kept');
  symlinkSync('../precious', join(directory, 'out/hosts'));
  await render('web1', { what: ['hosts'], output: 'out' });
  expect(readFileSync(join(directory, 'precious'), 'utf8')).toBe('kept');
  expect(readFileSync(join(directory, 'out/hosts'), 'utf8')).toContain('localhost');
});

test('-o into a file is an error with a code', async () => {
  expect(await failureOf('web1', { what: ['hosts'], output: 'site.yaml' })).toMatchObject({
    status: 1,
    code: 'RL0912',
  });
});
