import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openImageStore } from '../../src/run/image-store.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { bundleFile } from '../support/bundle.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { putChunks } from '../support/stored-image.ts';
import { makeManifest } from '../unit/image/samples.ts';

/** Images by a real registry server (Debian's docker-registry), by the program as it is run, killed in the middle too. */
const MINUTES = 60_000;
const CHUNKS = 40;
let directory = '';
let program = '';
let registry: TestRegistry;
const chunks = Array.from({ length: CHUNKS }, () => randomBytes(256 * 1024));
const path = (name: string) => join(directory, name);
const place = () => `oci://127.0.0.1:${registry.port}/images/base:stable`;
const environment = (machine: string) => ({ ...process.env, RELIGHT_STATE: path(machine), NO_COLOR: '1' });

function relight(machine: string, ...words: string[]) {
  const options = { env: environment(machine), encoding: 'utf8', timeout: 5 * MINUTES } as const;
  const result = spawnSync(process.execPath, [program, 'image', ...words], options);
  return { status: result.status, stdout: result.stdout, all: `${result.stdout}\n${result.stderr}` };
}

const openStore = (machine: string) =>
  openImageStore(path(`${machine}/images`), createRunner({ environment: process.env }));

function listBlobs(): string[] {
  const base = join(registry.storage, 'docker/registry/v2/blobs/sha256');
  if (!existsSync(base)) return [];
  return readdirSync(base).flatMap((folder) =>
    readdirSync(join(base, folder)).map((blob) => join(base, folder, blob, 'data')),
  );
}

/** Starts the program and kills it with SIGKILL as soon as `isTime` says so. */
async function killWhen(machine: string, words: readonly string[], isTime: () => boolean): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [program, 'image', ...words], {
    env: environment(machine),
    stdio: 'ignore',
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  while (!isTime() && child.exitCode === null) await new Promise((done) => setTimeout(done, 2));
  child.kill('SIGKILL');
  await ended;
  expect(child.signalCode, 'it had ended before it was killed').toBe('SIGKILL');
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-registry-'));
  program = path('relight.mjs');
  await bundleFile('src/cli.ts', program);
  registry = await startRegistry(directory);
  const store = openStore('baker');
  await putChunks(store, chunks);
  const manifest = makeManifest(chunks);
  const size = manifest.filesystem.blockSize * 100_000;
  await store.putManifest(
    { ...manifest, filesystem: { ...manifest.filesystem, size } },
    '2026-01-01T00:00:00.000Z',
  );
}, 2 * MINUTES);

afterAll(async () => {
  await registry.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('images by a registry', () => {
  test(
    'a push that is killed leaves no image behind, and goes on where it was',
    async () => {
      await killWhen('baker', ['push', 'base', place()], () => listBlobs().length >= 5);
      expect(relight('other', 'pull', place()).all).toContain('RL1620');
      const pushed = relight('baker', 'push', 'base', place(), '--json');
      expect(pushed.status, pushed.all).toBe(0);
      const { files, moved } = JSON.parse(pushed.stdout) as { files: number; moved: number };
      expect(files).toBe(CHUNKS + 1);
      expect(moved).toBeLessThanOrEqual(files - 4);
      expect(JSON.parse(relight('baker', 'push', 'base', place(), '--json').stdout)).toMatchObject({
        moved: 0,
      });
    },
    2 * MINUTES,
  );

  test('another machine pulls it only when it trusts the key', () => {
    const refused = relight('other', 'pull', place());
    expect(refused.status).toBe(3);
    const [fingerprint = ''] = relight('baker', 'key').stdout.split(' ');
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(refused.all).toContain(`relight image key --trust ${fingerprint}`);
    expect(relight('other', 'key', '--trust', fingerprint).status).toBe(0);
    const listed = relight('other', 'remote', place());
    expect(listed.stdout).toMatch(/^base@[0-9a-f]{12} /);
  });

  test(
    'a pull that is killed goes on where it was, and every byte is right',
    async () => {
      const drafts = path('other/images/pull');
      const isTime = () =>
        existsSync(drafts) && readdirSync(drafts).filter((name) => name.endsWith('.zst')).length >= 5;
      await killWhen('other', ['pull', place()], isTime);
      expect(openStore('other').list()).toEqual([]);
      const pulled = relight('other', 'pull', place());
      expect(pulled.status, pulled.all).toBe(0);
      const store = openStore('other');
      const manifest = store.readManifest(store.find('base'));
      expect(await store.verify(manifest)).toEqual([]);
      expect(manifest).toEqual(openStore('baker').readManifest(openStore('baker').find('base')));
    },
    2 * MINUTES,
  );

  test('a blob that is corrupt there is refused by name', () => {
    const victim = listBlobs().find((file) => readFileSync(file).length > 200_000) ?? '';
    const bytes = readFileSync(victim);
    const before = Buffer.from(bytes);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(victim, bytes);
    const [fingerprint = ''] = relight('baker', 'key').stdout.split(' ');
    const pulled = relight('third', 'pull', place(), '--key', fingerprint);
    writeFileSync(victim, before);
    expect(pulled.status).toBe(3);
    expect(pulled.all).toContain('RL1626');
    expect(openStore('third').list()).toEqual([]);
    expect(relight('third', 'pull', place(), '--key', fingerprint).status).toBe(0);
  });

  test('skopeo reads what was pushed', () => {
    const argv = ['inspect', '--raw', '--tls-verify=false', place().replace('oci://', 'docker://')];
    const raw = JSON.parse(execFileSync('skopeo', argv, { encoding: 'utf8' })) as { layers: unknown[] };
    expect(raw.layers).toHaveLength(CHUNKS + 1);
  });

  test(
    'a registry that asks for a login gets it from a file or as podman keeps it, and never by an argument',
    async () => {
      const locked = await startRegistry(
        directory,
        'anna:$2b$05$abcdefghijklmnopqrstuupWDwJQeCHYIBQy8WvkVB6ImhZ476YYy\n',
      );
      try {
        const target = `oci://127.0.0.1:${locked.port}/images/base:stable`;
        const login = (name: string, text: string) => {
          writeFileSync(path(name), text, { mode: 0o600 });
          return path(name);
        };
        const none = relight('baker', 'push', 'base', target);
        expect(none.status).toBe(4);
        expect(none.all).toMatch(/RL1633.*none is known/);
        const wrong = relight(
          'baker',
          'push',
          'base',
          target,
          '--login',
          `file:${login('wrong', 'anna:herring')}`,
        );
        expect(wrong.all).toMatch(/RL1633.*the login is wrong/);
        expect(wrong.all).not.toContain('herring');
        const right = `file:${login('right', 'anna:swordfish')}`;
        const pushed = relight('baker', 'push', 'base', target, '--login', right);
        expect(pushed.status, pushed.all).toBe(0);
        const auth = Buffer.from('anna:swordfish').toString('base64');
        const auths = { [`127.0.0.1:${locked.port}/images`]: { auth } };
        vi.stubEnv('REGISTRY_AUTH_FILE', login('auth.json', JSON.stringify({ auths })));
        const pulled = relight('other', 'pull', target);
        expect(pulled.status, pulled.all).toBe(0);
      } finally {
        vi.unstubAllEnvs();
        await locked.stop();
      }
    },
    2 * MINUTES,
  );
});
