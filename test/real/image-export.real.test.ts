import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportImage } from '../../src/run/export/export.ts';
import { type ImageStore, openImageStore } from '../../src/run/image-store.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { storeFilesystem } from '../support/stored-image.ts';

/** Other formats of an image, read by the programs that they are for: skopeo, podman, GNU tar. Needs root (loop mounts). */
const runner = createRunner({ environment: process.env });
let directory = '';
let store: ImageStore;
const path = (name: string) => join(directory, name);
const write = (format: string, output: string) =>
  exportImage({ store, runner, image: 'base', format, output: path(output) });
const run = (program: string, ...words: string[]) => execFileSync(program, words, { encoding: 'utf8' });

beforeAll(async () => {
  // podman takes only lower case in the path of a layout.
  directory = join(tmpdir(), `relight-export-${process.pid}`);
  mkdirSync(directory);
  const root = path('root');
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/hostname'), '');
  writeFileSync(join(root, 'usr/bin/su'), 'program');
  linkSync(join(root, 'usr/bin/su'), join(root, 'usr/bin/su-again'));
  symlinkSync('usr/bin', join(root, 'bin'));
  run('chown', '-R', '0:0', root);
  run('chmod', '4755', join(root, 'usr/bin/su'));
  run('chown', '12345:54321', join(root, 'etc/hostname'));
  run('truncate', '--size=20M', join(root, 'sparse'));
  const image = path('base.img');
  const uuid = '11111111-2222-4333-8444-555555555555';
  run('mke2fs', '-q', '-t', 'ext4', '-b', '4096', '-U', uuid, '-d', root, image, '64M');
  store = openImageStore(path('images'), runner);
  await storeFilesystem(store, image, uuid);
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('an image as an OCI layout', () => {
  test('is taken by skopeo, whole, and has every file as it was', async () => {
    await write('oci', 'layout');
    const inspected = JSON.parse(run('skopeo', 'inspect', `oci:${path('layout')}:base`)) as Record<
      string,
      unknown
    >;
    expect(inspected).toMatchObject({ Architecture: 'amd64', Os: 'linux', Created: '2023-11-14T22:13:20Z' });
    // skopeo compares every blob with its digest, and the layer with its diffID, when it copies.
    run(
      'skopeo',
      '--insecure-policy',
      'copy',
      `oci:${path('layout')}:base`,
      `docker-archive:${path('a.tar')}:base:1`,
    );
    const index = JSON.parse(readFileSync(path('layout/index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    const blob = (digest: string) => path(`layout/blobs/${digest.replace(':', '/')}`);
    const manifest = JSON.parse(readFileSync(blob(index.manifests[0]?.digest ?? ''), 'utf8')) as {
      layers: { digest: string }[];
    };
    const listing = run(
      'tar',
      '--list',
      '--verbose',
      '--numeric-owner',
      '-f',
      blob(manifest.layers[0]?.digest ?? ''),
    );
    expect(listing).toMatch(/^-rwsr-xr-x 0\/0 .* \.\/usr\/bin\/su$/m);
    expect(listing).toMatch(/^hrwsr-xr-x 0\/0 .* \.\/usr\/bin\/su-again link to \.\/usr\/bin\/su$/m);
    expect(listing).toMatch(/^lrwxrwxrwx 0\/0 .* \.\/bin -> usr\/bin$/m);
    expect(listing).toMatch(/^-rw-r--r-- 12345\/54321 .* \.\/etc\/hostname$/m);
    expect(listing).not.toContain('lost+found');
  });

  test('is taken by podman', () => {
    const storage = ['--root', path('podman'), '--runroot', path('podman-run'), '--storage-driver', 'vfs'];
    const pulled = spawnSync('podman', [...storage, 'pull', '--quiet', `oci:${path('layout')}:base`], {
      encoding: 'utf8',
    });
    expect(pulled.status, pulled.stderr).toBe(0);
    const listed = run(
      'podman',
      ...storage,
      'image',
      'inspect',
      '--format',
      '{{.Os}}/{{.Architecture}}',
      pulled.stdout.trim(),
    );
    expect(listed.trim()).toBe('linux/amd64');
    run('podman', ...storage, 'rmi', '--all', '--force');
  });

  test('is the same each time, and leaves nothing beside it', async () => {
    await write('oci', 'again');
    expect(readFileSync(path('again/index.json'))).toEqual(readFileSync(path('layout/index.json')));
    expect(readdirSync(directory).filter((name) => name.startsWith('.relight'))).toEqual([]);
    expect(run('losetup', '--list', '--noheadings', '--output', 'BACK-FILE')).not.toContain(directory);
  });
});

describe('other formats', () => {
  test('tar.zst is read by GNU tar', async () => {
    await write('tar.zst', 'root.tar.zst');
    expect(run('tar', '--zstd', '--list', '-f', path('root.tar.zst'))).toContain('./usr/bin/su-again\n');
  });

  test('bills of materials name every package', async () => {
    await write('spdx', 'base.spdx.json');
    await write('cyclonedx', 'base.cdx.json');
    const purl = 'pkg:deb/debian/init@1.65.2?arch=amd64&distro=bookworm';
    expect(readFileSync(path('base.spdx.json'), 'utf8')).toContain(purl);
    expect(readFileSync(path('base.cdx.json'), 'utf8')).toContain(purl);
  });

  test('an unknown one, a taken name and a corrupt chunk are refused, and nothing is left', async () => {
    await expect(write('vhd', 'x')).rejects.toMatchObject({ code: 'RL1630' });
    await expect(write('spdx', 'base.spdx.json')).rejects.toMatchObject({ code: 'RL1631' });
    const [chunk] = store.readManifest(store.find('base')).chunks;
    writeFileSync(store.chunkPath(chunk?.id ?? ''), 'no');
    await expect(write('oci', 'broken')).rejects.toMatchObject({ code: 'RL1504' });
    expect(readdirSync(directory).filter((name) => /^\.relight|broken/.test(name))).toEqual([]);
  });
});
