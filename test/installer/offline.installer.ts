import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installation } from './installation.ts';

/**
 * The Debian installer with no route out: the vault is filled, then `relight rebuild --offline` runs in a network namespace
 * that has nothing but lo, from netboot kernel to the ready line. RELIGHT_KEEP=DIR keeps consoles and logs.
 */
const SPEC = `name: tiny
suite: trixie
install: installer
memory: 1GiB
vcpus: 1
disks: { root: { size: 3GiB }, swap: { size: 256MiB } }
nics: [ { network: lan, address: dhcp } ]
users: [ { name: anna, sudo: true, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIORb1YuEmkuvStNlLtDkh0rZLVDqtFyN+CvumyDe7oOK anna"] } ]
checks: [ { port: 22 } ]
`;
let installation: Installation;

beforeAll(async () => {
  installation = await Installation.create('tiny', SPEC, ', complete-initrd: true');
});
afterAll(() => installation?.end());

function relightOffline(...words: string[]) {
  const { directory } = installation;
  const program = [
    process.execPath,
    join(directory, 'relight.mjs'),
    ...words,
    '--site',
    join(directory, 'site'),
  ];
  const argv = ['--net', '--', 'sh', '-c', 'ip link set lo up && ip route && exec "$@"', 'sh', ...program];
  const result = spawnSync('unshare', argv, {
    env: { ...process.env, RELIGHT_STATE: join(directory, 'state'), NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 ** 2,
  });
  return { status: result.status, all: `${result.stdout}\n${result.stderr}` };
}

test('a filled vault is enough: the guest is installed, checked, tried and running', () => {
  const filled = installation.relight('vault', 'fill');
  expect(filled.status, filled.all).toBe(0);
  expect(relightOffline('vault', 'check')).toMatchObject({ status: 0 });
  const built = relightOffline('rebuild', 'tiny', '--offline', '--yes');
  expect(built.status, built.all.slice(-6000)).toBe(0);
  expect(built.all).toContain('was rebuilt and is running');
  expect(built.all).not.toContain('FAIL');
  expect(built.all).not.toContain('the installer asked for');
  const [operation = ''] = readdirSync(installation.operations);
  const console = readFileSync(join(installation.operations, operation, 'console-install.log'), 'utf8');
  expect(console).toMatch(/relight: installed [0-9a-f]+/);
});
