import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFile } from '../support/bundle.ts';

/**
 * The vault for real: filled from the machine's own apt sources, damaged, and used by mmdebstrap in a network namespace
 * that has nothing but lo. Needs root.
 */
const MINUTES = 60_000;
let directory = '';
let program = '';
const path = (name: string) => join(directory, name);

function run(argv: readonly string[], offline: boolean) {
  const words = offline ? ['unshare', '--net', '--', ...argv] : argv;
  const [first = '', ...rest] = words;
  const result = spawnSync(first, rest, {
    env: { ...process.env, RELIGHT_STATE: path('state'), NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 10 * MINUTES,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: result.status, stdout: result.stdout, all: `${result.stdout}\n${result.stderr}` };
}

function relight(words: readonly string[], offline = false) {
  return run([process.execPath, program, ...words, '--site', path('site')], offline);
}

interface PlanAsPrinted {
  readonly actions: readonly { readonly id: string; readonly steps: readonly { argv?: string[] }[] }[];
}
interface StoredManifest {
  readonly packages: readonly { readonly name: string; readonly sha256: string }[];
}

const vault = (name: string) => path(`state/vault/${name}`);
const readManifest = () => JSON.parse(readFileSync(vault('guests/tiny.json'), 'utf8')) as StoredManifest;
const findObject = (name: string) => {
  const sha256 = readManifest().packages.find((each) => each.name === name)?.sha256 ?? '';
  return vault(`objects/${sha256.slice(0, 2)}/${sha256}`);
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-vault-'));
  mkdirSync(path('site/domus'), { recursive: true });
  const defaults = `defaults: { suite: ${findSuite()}, locale: C.UTF-8, keyboard: us, timezone: UTC }\n`;
  writeFileSync(path('site/site.yaml'), `relight: 1\nhost: { hypervisor: qemu }\n${defaults}${NETWORK}`);
  writeFileSync(path('site/domus/tiny.yaml'), TINY);
  program = path('relight.mjs');
  await bundleFile('src/cli.ts', program);
}, 2 * MINUTES);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('relight vault', () => {
  test('says that nothing is stored, and refuses to rebuild from nothing', () => {
    const checked = relight(['vault', 'check']);
    expect(checked.status).toBe(4);
    expect(checked.stdout).toContain('RL1601');
    const planned = relight(['plan', 'tiny', '--offline']);
    expect(planned.status).toBe(4);
    expect(planned.all).toContain('relight vault fill tiny');
  });

  test(
    'fetches what the guest needs, once',
    () => {
      const filled = relight(['vault', 'fill']);
      expect(filled.status, filled.all).toBe(0);
      expect(filled.stdout).toMatch(/^tiny: \d{3} packages, /m);
      expect(statSync(vault('key/private.pem')).mode & 0o777).toBe(0o600);
      expect(existsSync(vault('work/tiny'))).toBe(false);
      const again = relight(['vault', 'fill']);
      expect(again.status, again.all).toBe(0);
      expect(again.stdout).toContain('all there already');
      const checked = relight(['vault', 'check', '--json'], true);
      expect(checked.status, checked.all).toBe(0);
      expect(JSON.parse(checked.stdout)).toMatchObject({
        guests: [{ name: 'tiny', ready: true, issues: [] }],
      });
    },
    10 * MINUTES,
  );

  test('names what is corrupt or missing, and does not use it', () => {
    appendFileSync(findObject('less'), 'x');
    unlinkSync(findObject('kmod'));
    const checked = relight(['vault', 'check'], true);
    expect(checked.status).toBe(4);
    expect(checked.stdout).toMatch(/RL1605.*corrupt.*less /);
    expect(checked.stdout).toMatch(/RL1605.*missing.*kmod /);
    expect(relight(['plan', 'tiny', '--offline'], true).status).toBe(4);
  });

  test(
    'cannot be mended without a mirror, which it says, and is as it was',
    () => {
      const before = readFileSync(vault('guests/tiny.json'), 'utf8');
      const filled = relight(['vault', 'fill'], true);
      expect(filled.status).toBe(1);
      expect(filled.all).toContain('RL1607');
      expect(readFileSync(vault('guests/tiny.json'), 'utf8')).toBe(before);
    },
    4 * MINUTES,
  );

  test(
    'is mended by filling it: the corrupt file is set aside and only what lacks is fetched',
    () => {
      const filled = relight(['vault', 'fill']);
      expect(filled.status, filled.all).toBe(0);
      expect(filled.stdout).toContain('(2 fetched, ');
      expect(filled.all).toContain('a corrupt package was set aside');
      expect(readdirSync(vault('set-aside'))).toHaveLength(1);
      expect(relight(['vault', 'check']).status).toBe(0);
    },
    10 * MINUTES,
  );

  test(
    'serves a whole bootstrap with no route out, found by itself and said aloud',
    () => {
      const planned = relight(['plan', 'tiny', '--json'], true);
      expect(planned.status, planned.all).toBe(0);
      expect(planned.all).toMatch(/the mirror .* cannot be reached: building from the vault/);
      const plan = JSON.parse(planned.stdout) as PlanAsPrinted;
      const steps = plan.actions.find((action) => action.id === 'bootstrap-root')?.steps ?? [];
      const argv = steps.find((step) => step.argv?.includes('mmdebstrap'))?.argv ?? [];
      const root = path('root');
      const words = argv
        .filter((word) => !word.startsWith('--essential-hook='))
        .map((word) => (word.endsWith('/rootfs.partial') ? root : word));
      expect(words).toContain(root);
      const built = run(words, true);
      expect(built.status, built.all.slice(-3000)).toBe(0);
      const query = [
        'dpkg-query',
        `--admindir=${root}/var/lib/dpkg`,
        '--show',
        '--showformat',
        '$' + '{Package}\n',
      ];
      const installed = run(query, true).stdout.trim().split('\n').sort();
      const stored = [...new Set(readManifest().packages.map((each) => each.name))].sort();
      expect(installed).toEqual(stored);
    },
    10 * MINUTES,
  );

  test('is filled by one at a time', async () => {
    const holder = spawn('flock', ['--no-fork', vault('lock'), 'sleep', '60'], { stdio: 'ignore' });
    try {
      const isHeld = () => spawnSync('flock', ['--nonblock', vault('lock'), 'true']).status !== 0;
      while (!isHeld()) await new Promise((done) => setTimeout(done, 20));
      const second = relight(['vault', 'fill']);
      expect(second.status).toBe(10);
      expect(second.all).toContain('the vault is held');
    } finally {
      holder.kill();
    }
  });

  test('keeps for a guest of another route what a bootstrap of it needs, and says so', () => {
    const spec = readFileSync(path('site/domus/tiny.yaml'), 'utf8');
    writeFileSync(path('site/domus/tiny.yaml'), `${spec}install: installer\n`);
    const checked = relight(['vault', 'check'], true);
    const other = relight(['plan', 'tiny', '--route', 'bootstrap', '--offline'], true);
    const own = relight(['plan', 'tiny', '--offline'], true);
    writeFileSync(path('site/domus/tiny.yaml'), spec);
    expect(checked.status).toBe(4);
    expect(checked.stdout).toContain('RL1616');
    expect(checked.stdout).toContain('relight rebuild tiny --route bootstrap --offline');
    expect(other.status, other.all).toBe(0);
    expect(own.status).toBe(4);
  });

  test('removes nothing while a guest is rebuilt, which may read from it', () => {
    const lock = path('state/guests/tiny/lock');
    mkdirSync(path('state/guests/tiny'), { recursive: true });
    const holder = spawn('flock', ['--no-fork', lock, 'sleep', '60'], { stdio: 'ignore' });
    try {
      while (spawnSync('flock', ['--nonblock', lock, 'true']).status === 0) {}
      const pruned = relight(['vault', 'prune']);
      expect(pruned.status, pruned.all).toBe(10);
      expect(pruned.all).toContain(`nothing is removed while process ${holder.pid} works on tiny`);
    } finally {
      holder.kill();
    }
  });

  test('removes what no guest needs any more', () => {
    unlinkSync(path('site/domus/tiny.yaml'));
    writeFileSync(path('site/domus/other.yaml'), TINY.replace('tiny', 'other'));
    const pruned = relight(['vault', 'prune']);
    expect(pruned.status, pruned.all).toBe(0);
    expect(pruned.stdout).toMatch(/^\d{3} objects removed/);
    expect(readdirSync(vault('dists'))).toEqual([]);
  });
});

/** The suite of this machine's own archive: whatever its apt has, the test can fetch. */
function findSuite(): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  return /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] ?? 'trixie';
}

const NETWORK = 'networks:\n  lan: { mode: bridge, bridge: xenbr0 }\n';
const TINY = `name: tiny
memory: 512MiB
disks:
  root: { size: 2GiB }
nics: [ { network: lan, address: dhcp } ]
packages: [less]
`;
