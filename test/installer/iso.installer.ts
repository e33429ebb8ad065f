import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseQemuConfig } from '../../src/render/qemu-config.ts';
import { bundleFile } from '../support/bundle.ts';
import { buildLookalike } from '../support/netinst-lookalike.ts';

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
vcpus: 2
disks: { root: { size: 3GiB }, swap: { size: 256MiB } }
nics: [ { network: lan, address: dhcp } ]
users: [ { name: anna, sudo: true, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIORb1YuEmkuvStNlLtDkh0rZLVDqtFyN+CvumyDe7oOK anna"] } ]
files: [ { text: "made by relight", to: /etc/motd } ]
run: [ "echo relight-ran > /etc/relight/ran" ]
checks: [ { port: 22 } ]
`;
let directory = '';
let program = '';

function relight(...words: string[]) {
  const result = spawnSync(process.execPath, [program, ...words, '--site', join(directory, 'site')], {
    env: { ...process.env, RELIGHT_STATE: join(directory, 'state'), NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 ** 2,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status: result.status, all: `${result.stdout}\n${result.stderr}` };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-iso-route-'));
  mkdirSync(join(directory, 'site/domus'), { recursive: true });
  const image = await buildLookalike('trixie', 0, true);
  writeFileSync(
    join(directory, 'site/site.yaml'),
    `relight: 1\nhost: { hypervisor: qemu, isos: { trixie: "${image}" } }\nnetworks: { lan: { mode: bridge, bridge: xenbr0 } }\n`,
  );
  writeFileSync(join(directory, 'site/domus/web1.yaml'), SPEC);
  program = join(directory, 'relight.mjs');
  await bundleFile('src/cli.ts', program);
}, 1_200_000);

afterAll(() => {
  relight('stop', 'web1');
  const keep = process.env.RELIGHT_KEEP;
  const operations = join(directory, 'state/guests/web1/operations');
  if (keep !== undefined) cpSync(operations, keep, { recursive: true });
  rmSync(directory, { recursive: true, force: true });
});

test('the remastered image installs the guest, and the guest comes up', () => {
  // The look-alike is nobody's: it has no signed list of hashes.
  const built = relight('rebuild', 'web1', '--insecure', '--yes');
  if (process.env.RELIGHT_KEEP !== undefined) writeFileSync(`${process.env.RELIGHT_KEEP}.out`, built.all);
  expect(built.status, built.all.slice(-6000)).toBe(0);
  expect(built.all).toContain('was rebuilt and is running');
  expect(built.all).not.toContain('FAIL');
  const [operation = ''] = readdirSync(join(directory, 'state/guests/web1/operations'));
  const folder = join(directory, 'state/guests/web1/operations', operation);
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
