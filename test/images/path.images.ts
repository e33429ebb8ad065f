import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFile } from '../support/bundle.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/**
 * The whole path of an image in three layers: baked on one machine, pushed to a registry, pulled on another (a state
 * directory that shares nothing), a guest rebuilt from it in QEMU, up to its ready line; and baked again after a change of
 * one file. Tells the seconds of each; RELIGHT_KEEP=FILE keeps them, with those of every action, as JSON.
 */
const SITE = `relight: 1
host: { hypervisor: qemu }
networks: { lan: { mode: bridge, bridge: xenbr0 } }
`;
const ROLE = `packages: [less]
files: [ { text: "of the role", to: /etc/relight-role } ]
run: ["echo ran >> /etc/relight-role"]
`;
const IMAGE = (text: string) => `suite: bookworm
roles: [pager]
packages: [openssh-server]
files: [ { text: "${text}", to: /etc/motd } ]
run: ["cp /etc/relight-role /etc/relight-image"]
`;
const GUEST = `name: web1
suite: bookworm
guest: hvm
boot: bios
install: image:base
memory: 512MiB
disks: { root: { size: 2GiB } }
nics: [ { network: lan, address: dhcp } ]
packages: [less, openssh-server]
checks: [ { port: 22 } ]
`;
let directory = '';
let registry: TestRegistry;
const seconds: Record<string, number> = {};
const actions: Record<string, Record<string, number>> = {};
const path = (name: string) => join(directory, name);

function relight(step: string, machine: string, ...words: string[]): string {
  const started = performance.now();
  const result = spawnSync(process.execPath, [path('relight.mjs'), ...words], {
    env: { ...process.env, RELIGHT_STATE: path(machine), NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  seconds[step] = (performance.now() - started) / 1000;
  const all = `${result.stdout}\n${result.stderr}`;
  expect(result.status, `${step}: ${all.slice(-4000)}`).toBe(0);
  return all;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(path(file)), { recursive: true });
  writeFileSync(path(file), text);
}

/** Seconds of each action of the newest operation, by its journal. */
function readActions(step: string, operations: string): void {
  const journals = readdirSync(path(operations)).map((operation) =>
    readFileSync(path(`${operations}/${operation}/journal.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line.slice(line.indexOf('{'))))
      .map(({ time, event }) => ({ time: Date.parse(time), type: event.type, action: event.action })),
  );
  const newest = journals.sort((one, other) => (one[0]?.time ?? 0) - (other[0]?.time ?? 0)).at(-1) ?? [];
  const taken: Record<string, number> = {};
  for (const { action, type, time } of newest) {
    if (type === 'action-intent') taken[action] = time;
    if (type === 'action-done') taken[action] = (time - (taken[action] ?? time)) / 1000;
  }
  actions[step] = taken;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-images-'));
  await bundleFile('src/cli.ts', path('relight.mjs'));
  write('site/site.yaml', SITE);
  write('site/roles/pager.yaml', ROLE);
  write('site/images/base.yaml', IMAGE('once'));
  write('site/domus/web1.yaml', GUEST);
  registry = await startRegistry(directory);
});

afterAll(async () => {
  await registry.stop();
  spawnSync(process.execPath, [path('relight.mjs'), 'stop', 'web1', '--site', path('site')], {
    env: { ...process.env, RELIGHT_STATE: path('other') },
  });
  rmSync(directory, { recursive: true, force: true });
  const text = JSON.stringify({ seconds, actions }, undefined, 1);
  process.stdout.write(`${text}\n`);
  if (process.env.RELIGHT_KEEP !== undefined) writeFileSync(process.env.RELIGHT_KEEP, `${text}\n`);
});

test('from a bake to a guest on another machine, by a registry', () => {
  const site = ['--site', path('site')];
  const bakes = 'baker/bake/guests/base/operations';
  relight('bake', 'baker', 'image', 'bake', 'base', ...site);
  readActions('bake', bakes);
  const place = `oci://127.0.0.1:${registry.port}/images/base:stable`;
  relight('push', 'baker', 'image', 'push', 'base', place);
  const [fingerprint = ''] = relight('key', 'baker', 'image', 'key').split(' ');
  relight('pull', 'other', 'image', 'pull', place, '--key', fingerprint);
  const built = relight('rebuild', 'other', 'rebuild', 'web1', '--yes', ...site);
  readActions('rebuild', 'other/guests/web1/operations');
  expect(built).toContain('was rebuilt and is running');
  expect(built).not.toContain('FAIL');
  write('site/images/base.yaml', IMAGE('twice'));
  const layers = path('baker/bake/layers/base');
  const trees = readdirSync(layers).map((name) => join(layers, name, 'tree'));
  const tree = trees.find((each) => existsSync(join(each, 'usr/bin/dpkg'))) ?? '';
  const started = performance.now();
  expect(spawnSync('cp', ['-a', tree, path('copy')]).status).toBe(0);
  seconds.copy = (performance.now() - started) / 1000;
  // What is still to be written of the copy would keep the bake waiting.
  rmSync(path('copy'), { recursive: true });
  spawnSync('sync', ['--file-system', directory]);
  const again = relight('change', 'baker', 'image', 'bake', 'base', ...site);
  readActions('change', bakes);
  expect(again).not.toContain('by mmdebstrap');
  relight('push again', 'baker', 'image', 'push', 'base', place);
});
