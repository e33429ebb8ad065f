import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFile } from '../support/bundle.ts';

/**
 * The vault of a guest of route installer, for real: filled from the machine's own archive, then served in a network namespace
 * that has nothing but lo, to debootstrap with Debian's keyring, to apt, and to what net-retriever does. Needs root.
 */
const MINUTES = 60_000;
let directory = '';
const path = (name: string) => join(directory, name);
const vault = (name: string) => path(`state/vault/${name}`);

/** Offline: nothing but lo, which is up. */
function run(argv: readonly string[], offline: boolean) {
  const cut = ['unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const [first = '', ...rest] = offline ? [...cut, ...argv] : argv;
  const result = spawnSync(first, rest, {
    env: { ...process.env, RELIGHT_STATE: path('state'), NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 20 * MINUTES,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: result.status, stdout: result.stdout, all: `${result.stdout}\n${result.stderr}` };
}

function relight(words: readonly string[], offline = false) {
  return run([process.execPath, path('relight.mjs'), ...words, '--site', path('site')], offline);
}

interface StoredManifest {
  readonly installer: {
    readonly medium: { readonly kernel: string };
    readonly files: readonly { readonly path: string; readonly sha256: string }[];
  };
}
const readInstaller = () =>
  (JSON.parse(readFileSync(vault('guests/tiny.json'), 'utf8')) as StoredManifest).installer;
const locate = (sha256: string) => vault(`objects/${sha256.slice(0, 2)}/${sha256}`);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-vault-'));
  mkdirSync(path('site/domus'), { recursive: true });
  writeFileSync(
    path('site/site.yaml'),
    `relight: 1
host: { hypervisor: qemu, complete-initrd: true }
defaults: { suite: trixie, locale: C.UTF-8, keyboard: us, timezone: UTC }
networks: { lan: { mode: bridge, bridge: xenbr0 } }
`,
  );
  writeFileSync(
    path('site/domus/tiny.yaml'),
    `name: tiny
install: installer
memory: 1GiB
disks: { root: { size: 2GiB } }
nics: [ { network: lan, address: dhcp } ]
packages: [less]
`,
  );
  await bundleFile('src/cli.ts', path('relight.mjs'));
  await bundleFile('test/support/vault-clients.ts', path('clients.mjs'));
}, 5 * MINUTES);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the vault of a guest that the Debian installer makes', () => {
  test('nothing stored: said, and not planned', () => {
    expect(relight(['vault', 'check'], true).stdout).toContain('RL1601');
    expect(relight(['plan', 'tiny', '--offline'], true).status).toBe(4);
  });

  test(
    'is filled with kernel, initrd, components, packages and the archive’s own indices',
    () => {
      const filled = relight(['vault', 'fill']);
      expect(filled.status, filled.all).toBe(0);
      expect(filled.stdout).toMatch(/kernel and initrd, \d{2,3} components and \d{3} packages/);
      expect(existsSync(vault('work/tiny'))).toBe(false);
      const again = relight(['vault', 'fill']);
      expect(again.status, again.all).toBe(0);
      expect(again.stdout).toMatch(/components and .* \(all there already\)/);
    },
    30 * MINUTES,
  );

  test(
    'would do with the internet down: check and plan say so with nothing but lo',
    () => {
      const checked = relight(['vault', 'check', '--json'], true);
      expect(checked.status, checked.all).toBe(0);
      expect(JSON.parse(checked.stdout)).toMatchObject({
        guests: [{ name: 'tiny', ready: true, route: 'installer' }],
      });
      const planned = relight(['plan', 'tiny', '--offline', '--json'], true);
      expect(planned.status, planned.all).toBe(0);
      const { actions } = JSON.parse(planned.stdout) as {
        actions: { steps: { do: string; served?: object }[] }[];
      };
      const watched = actions.flatMap(({ steps }) => steps).find((step) => step.do === 'watch-install');
      expect(watched?.served).toMatchObject({
        address: '127.0.0.1',
        url: expect.stringContaining('http://10.2.2.2:'),
      });
      const other = relight(['plan', 'tiny', '--offline', '--netboot', '/nowhere'], true);
      expect([other.status, other.all]).toEqual([2, expect.stringContaining('RL1615')]);
    },
    10 * MINUTES,
  );

  test(
    'serves debootstrap, gpgv, apt and the installer’s components with no route out',
    () => {
      mkdirSync(path('clients'));
      const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
      const argv = [process.execPath, path('clients.mjs'), vault(''), 'tiny', keyring, path('clients')];
      const served = run(
        argv.map((word) => word.replace(/\/$/, '')),
        true,
      );
      expect(served.status, served.all).toBe(0);
      const { components, refused, links } = JSON.parse(served.stdout);
      expect(components).toBeGreaterThan(10);
      expect(links).toEqual(['lo']);
      // apt takes descriptions in other languages when the environment names one, and nothing else may be asked for in vain.
      expect(refused).toEqual([]);
      expect(readdirSync(path('clients/root/var/cache/apt/archives')).length).toBeGreaterThan(100);
    },
    30 * MINUTES,
  );

  test(
    'names what is missing, and is mended by what is fetched anew',
    () => {
      const { medium, files } = readInstaller();
      const kernel = locate(medium.kernel);
      const udeb = files.find((file) => file.path.endsWith('.udeb'));
      renameSync(kernel, `${kernel}.away`);
      writeFileSync(locate(udeb?.sha256 ?? ''), 'x');
      const checked = relight(['vault', 'check'], true);
      renameSync(`${kernel}.away`, kernel);
      expect(checked.status).toBe(4);
      expect(checked.stdout).toMatch(/RL1605.*missing.*the installer’s kernel/);
      expect(checked.stdout).toMatch(/RL1605.*corrupt.*\.udeb/);
      const planned = relight(['plan', 'tiny', '--offline'], true);
      expect([planned.status, planned.all]).toEqual([4, expect.stringContaining('.udeb')]);
      const filled = relight(['vault', 'fill']);
      expect(filled.status, filled.all).toBe(0);
      expect(filled.stdout).toContain('(1 fetched, ');
      expect(relight(['vault', 'prune']).status).toBe(0);
      expect(relight(['vault', 'check'], true).status).toBe(0);
    },
    20 * MINUTES,
  );
});
