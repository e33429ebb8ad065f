import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFile } from '../support/bundle.ts';

/**
 * The main job for real: mmdebstrap, GPT, GRUB, a trial boot and the live guest in QEMU, its page over HTTP.
 * Needs root, the machine's own apt sources, mmdebstrap and QEMU. Software emulation: some minutes.
 */
const MINUTES = 60_000;
let directory = '';
let program = '';
let site = '';

function relight(...words: string[]) {
  const result = spawnSync(process.execPath, [program, ...words, '--site', site], {
    env: { ...process.env, RELIGHT_STATE: join(directory, 'state'), NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 25 * MINUTES,
  });
  return { status: result.status, stdout: result.stdout, all: `${result.stdout}\n${result.stderr}` };
}

function readStatus() {
  const document = JSON.parse(relight('status', 'hello', '--json').stdout) as {
    guests: {
      generation?: string;
      running?: { forwards: { guestPort: number; port: number }[] };
      mode?: { mode: string };
      unfinished?: unknown;
      last?: { outcome: string };
    }[];
  };
  return document.guests[0] ?? {};
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-qemu-'));
  site = join(directory, 'site');
  cpSync(resolve('examples/site'), site, { recursive: true });
  program = join(directory, 'relight.mjs');
  await bundleFile('src/cli.ts', program);
}, 2 * MINUTES);

afterAll(() => {
  relight('stop', 'hello');
  rmSync(directory, { recursive: true, force: true });
}, 5 * MINUTES);

describe('relight rebuild on QEMU', () => {
  test(
    'builds the example guest, proves it, leaves it running, and answers by HTTP',
    () => {
      const built = relight('rebuild', 'hello', '--yes');
      expect(built.status, built.all.slice(-4000)).toBe(0);
      expect(built.stdout).toContain('was rebuilt and is running');
      expect(built.stdout).toMatch(/ok {4}\d+ packages installed/);
      expect(built.stdout).not.toContain('FAIL');
      const status = readStatus();
      expect(status.unfinished).toBeUndefined();
      expect(status.last?.outcome).toBe('finished');
      const port = status.running?.forwards.find((forward) => forward.guestPort === 80)?.port;
      const page = execFileSync('perl', ['-MIO::Socket::INET', '-e', GET, String(port)], {
        encoding: 'utf8',
      });
      expect(page).toContain('200 OK');
      expect(page).toContain(readFileSync(join(site, 'files/hello/index.html'), 'utf8').trim());
    },
    25 * MINUTES,
  );

  test('refuses to replace a running guest without --stop, and leaves it running', () => {
    const before = readStatus().generation;
    const refused = relight('rebuild', 'hello', '--yes');
    expect(refused.status).toBe(4);
    expect(refused.all).toContain('--stop');
    expect(readStatus().generation).toBe(before);
    expect(readStatus().running).toBeDefined();
  });

  test('keeps secrets and volumes to root, and leaves no work behind', () => {
    const state = join(directory, 'state');
    expect(existsSync(join(state, 'work'))).toBe(true);
    expect(readdirSync(join(state, 'work'))).toEqual([]);
    for (const name of readdirSync(join(state, 'guests/hello/identity'))) {
      expect(statSync(join(state, 'guests/hello/identity', name)).mode & 0o044, name).toBe(
        name.endsWith('.pub') ? 0o044 : 0,
      );
    }
  });

  test(
    'stops the guest cleanly',
    () => {
      const stopped = relight('stop', 'hello');
      expect(stopped.status, stopped.all).toBe(0);
      expect(stopped.stdout).toContain('has shut down');
      expect(readStatus().running).toBeUndefined();
    },
    5 * MINUTES,
  );
});

/** A plain GET by perl-base: no browser and no library between the guest and the test. */
const GET =
  'my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0], Timeout => 30) or die $!; print $s "GET / HTTP/1.0\\r\\nHost: hello\\r\\n\\r\\n"; local $/; print <$s>;';
