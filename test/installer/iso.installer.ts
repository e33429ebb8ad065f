import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseQemuConfig } from '../../src/render/qemu-config.ts';
import { buildLookalike } from '../support/netinst-lookalike.ts';
import { Installation } from './installation.ts';

/**
 * From an installation image to the ready line by `relight rebuild`, route iso: the image is remastered, an HVM machine
 * boots it from its CD, the installer runs to its end without a question, then checks, trial boot, commit, start.
 * RELIGHT_KEEP=DIR keeps the operation's folder, with both configurations, console and installer's log.
 */
const SPEC = `name: web1
suite: trixie
guest: hvm
boot: bios
install: iso
memory: 1GiB
vcpus: 1
disks: { root: { size: 3GiB }, swap: { size: 256MiB } }
nics: [ { network: lan, address: dhcp } ]
users: [ { name: anna, sudo: true, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIORb1YuEmkuvStNlLtDkh0rZLVDqtFyN+CvumyDe7oOK anna"] } ]
files: [ { text: "made by relight", to: /etc/motd } ]
run: [ "echo relight-ran > /etc/relight/ran" ]
checks: [ { port: 22 } ]
`;
let installation: Installation;

beforeAll(async () => {
  const image = await buildLookalike('trixie', 0, 'complete');
  installation = await Installation.create('web1', SPEC, `, isos: { trixie: "${image}" }`);
}, 1_200_000);
afterAll(() => installation?.end());

test('the remastered image installs the guest, and the guest comes up', () => {
  // The look-alike is nobody's: it has no signed list of hashes.
  const built = installation.relight('rebuild', 'web1', '--insecure', '--yes');
  expect(built.status, built.all.slice(-6000)).toBe(0);
  expect(built.all).toContain('was rebuilt and is running');
  expect(built.all).not.toContain('FAIL');
  const [operation = ''] = readdirSync(installation.operations);
  const folder = join(installation.operations, operation);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  // Two configurations: only the installer's has the CD.
  expect(parseQemuConfig(read('install.cfg')).domain).toMatchObject({
    guest: 'hvm',
    cdrom: expect.stringMatching(/\/install\.iso$/),
    once: true,
  });
  const plan = JSON.parse(read('plan.json'));
  const live = plan.actions.flatMap((action: { steps: unknown[] }) => action.steps);
  const started = live.filter((step: { do: string }) => step.do === 'start-domain');
  expect(
    started.map(({ domain }: { domain: { name: string; cdrom?: string } }) => [domain.name, domain.cdrom]),
  ).toEqual([
    ['web1~install', expect.stringMatching(/\/install\.iso$/)],
    ['web1~verify', undefined],
    ['web1', undefined],
  ]);
  const { nonce } = live.find((step: { do: string }) => step.do === 'watch-install');
  expect(read('console-install.log')).toContain(`relight: installed ${nonce}`);
  expect(readdirSync(join(folder, 'installer'))).toEqual(['partman', 'status', 'syslog']);
});
