import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFile } from '../support/bundle.ts';
import { type RootContents, readRootContents } from '../support/root-contents.ts';
import { findUnexplained } from '../support/route-differences.ts';

/**
 * From nothing to the ready line by `relight rebuild`, route installer: netboot installer, completed initrd, console,
 * checks, trial boot, commit, start. RELIGHT_KEEP=DIR keeps the operation's folder, with console and installer's log.
 */
const SITE = `relight: 1
host: { hypervisor: qemu }
networks: { lan: { mode: bridge, bridge: xenbr0 } }
`;
const SPEC = `name: tiny
suite: trixie
install: installer
memory: 1GiB
vcpus: 2
disks: { root: { size: 3GiB }, swap: { size: 256MiB } }
nics: [ { network: lan, address: dhcp } ]
users: [ { name: admin, sudo: true, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIORb1YuEmkuvStNlLtDkh0rZLVDqtFyN+CvumyDe7oOK admin"] } ]
checks: [ { port: 22 } ]
`;
let directory = '';
let program = '';

function relight(...words: string[]) {
  const result = spawnSync(process.execPath, [program, ...words, '--site', join(directory, 'site')], {
    env: { ...process.env, RELIGHT_STATE: join(directory, 'state'), NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 ** 2,
  });
  return { status: result.status, all: `${result.stdout}\n${result.stderr}` };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-netboot-'));
  mkdirSync(join(directory, 'site/domus'), { recursive: true });
  writeFileSync(join(directory, 'site/site.yaml'), SITE);
  writeFileSync(join(directory, 'site/domus/tiny.yaml'), SPEC);
  program = join(directory, 'relight.mjs');
  await bundleFile('src/cli.ts', program);
});

afterAll(() => {
  relight('stop', 'tiny');
  const keep = process.env.RELIGHT_KEEP;
  const operations = join(directory, 'state/guests/tiny/operations');
  if (keep !== undefined) cpSync(operations, join(keep, 'operations'), { recursive: true });
  rmSync(directory, { recursive: true, force: true });
});

/** The root volume of a stopped guest, kept as lists when somebody asked for them. */
function readRoot(route: string): RootContents {
  const volumes = join(directory, 'state/volumes');
  const roots = readdirSync(volumes).filter((name) => /^tiny-root\.[0-9a-f]+\.img$/.test(name));
  const newest = roots
    .map((name) => join(volumes, name))
    .sort((a, b) => statSync(b).birthtimeMs - statSync(a).birthtimeMs);
  const contents = readRootContents(newest[0] ?? '');
  const keep = process.env.RELIGHT_KEEP;
  if (keep !== undefined) {
    mkdirSync(keep, { recursive: true });
    writeFileSync(join(keep, `packages-${route}.txt`), `${contents.packages.join('\n')}\n`);
    writeFileSync(join(keep, `files-${route}.txt`), `${contents.files.join('\n')}\n`);
  }
  return contents;
}

test('the installer makes the guest, and the guest comes up', () => {
  const built = relight('rebuild', 'tiny', '--complete-initrd', '--yes');
  expect(built.status, built.all.slice(-6000)).toBe(0);
  expect(built.all).toContain('was rebuilt and is running');
  expect(built.all).not.toContain('FAIL');
  const [operation = ''] = readdirSync(join(directory, 'state/guests/tiny/operations'));
  const logs = readdirSync(join(directory, 'state/guests/tiny/operations', operation, 'installer'));
  expect(logs).toEqual(['partman', 'status', 'syslog']);
  expect(relight('stop', 'tiny').status).toBe(0);
  const installed = readRoot('installer');
  const again = relight('rebuild', 'tiny', '--route', 'bootstrap', '--yes');
  expect(again.status, again.all.slice(-6000)).toBe(0);
  expect(relight('stop', 'tiny').status).toBe(0);
  const bootstrapped = readRoot('bootstrap');
  expect(installed.packages).not.toEqual([]);
  expect(findUnexplained(installed.packages, bootstrapped.packages)).toEqual({
    installer: [],
    bootstrap: [],
  });
});
