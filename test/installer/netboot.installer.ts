import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareRoots, dropPackages } from '../support/compare-roots.ts';
import { findUnexplainedFiles } from '../support/file-differences.ts';
import { readRootContents } from '../support/root-contents.ts';
import { formatEntries, type RootContents } from '../support/root-list.ts';
import { findUnexplained } from '../support/route-differences.ts';
import { Installation } from './installation.ts';

/**
 * From nothing to the ready line by `relight rebuild`, route installer: netboot installer, completed initrd, console,
 * checks, trial boot, commit, start. RELIGHT_KEEP=DIR keeps the operations' folders, with consoles and installer's log, and
 * the lists of both roots.
 */
const SPEC = `name: tiny
suite: trixie
install: installer
memory: 1GiB
vcpus: 1
disks: { root: { size: 3GiB }, swap: { size: 256MiB } }
nics: [ { network: lan, address: dhcp } ]
users: [ { name: admin, sudo: true, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIORb1YuEmkuvStNlLtDkh0rZLVDqtFyN+CvumyDe7oOK admin"] } ]
checks: [ { port: 22 } ]
`;
let installation: Installation;
let installed: RootContents | undefined;

beforeAll(async () => {
  installation = await Installation.create('tiny', SPEC);
});
afterAll(() => installation?.end());

/** The root volume of a stopped guest, kept as lists when somebody asked for them. */
function readRoot(route: string): RootContents {
  const volumes = join(installation.directory, 'state/volumes');
  const roots = readdirSync(volumes).filter((name) => /^tiny-root\.[0-9a-f]+\.img$/.test(name));
  const newest = roots
    .map((name) => join(volumes, name))
    .sort((a, b) => statSync(b).birthtimeMs - statSync(a).birthtimeMs);
  const contents = readRootContents(newest[0] ?? '');
  const { keep } = installation;
  if (keep !== undefined) {
    writeFileSync(join(keep, `packages-${route}.txt`), `${contents.packages.join('\n')}\n`);
    writeFileSync(join(keep, `files-${route}.txt`), formatEntries(contents.entries));
  }
  return contents;
}

test('the installer makes the guest, and the guest comes up', () => {
  const built = installation.relight('rebuild', 'tiny', '--complete-initrd', '--yes');
  expect(built.status, built.all.slice(-6000)).toBe(0);
  expect(built.all).toContain('was rebuilt and is running');
  expect(built.all).not.toContain('FAIL');
  const [operation = ''] = readdirSync(installation.operations);
  const logs = readdirSync(join(installation.operations, operation, 'installer'));
  expect(logs).toEqual(['partman', 'status', 'syslog']);
  expect(installation.relight('stop', 'tiny').status).toBe(0);
  installed = readRoot('installer');
});

/** The table of reasons is in docs/installer.md. */
test('by route bootstrap the same spec has the same root, but for what has a reason', () => {
  if (installed === undefined) throw new Error('the installation has failed');
  const built = installation.relight('rebuild', 'tiny', '--route', 'bootstrap', '--yes');
  expect(built.status, built.all.slice(-6000)).toBe(0);
  expect(installation.relight('stop', 'tiny').status).toBe(0);
  const bootstrapped = readRoot('bootstrap');
  expect(installed.packages).not.toEqual([]);
  expect(bootstrapped.entries.length).toBeGreaterThan(1000);
  const differences = compareRoots(installed, bootstrapped);
  expect({
    packages: findUnexplained(installed.packages, bootstrapped.packages),
    files: findUnexplainedFiles(dropPackages(differences, installed.packages, bootstrapped.packages)),
  }).toEqual({ packages: { installer: [], bootstrap: [] }, files: [] });
});
