import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
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
  for (const place of ['usr/lib/grub/i386-pc', 'boot/grub'])
    mkdirSync(join(root, place), { recursive: true });
  writeFileSync(join(root, 'usr/lib/grub/i386-pc/boot.img'), Buffer.alloc(512, 'B'));
  writeFileSync(join(root, 'boot/grub/core.img'), Buffer.alloc(3000, 'C'));
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

describe('an image as a disk', () => {
  const sum = (...argv: [string, ...string[]]) =>
    createHash('sha256')
      .update(spawnSync(argv[0], argv.slice(1), { maxBuffer: 2 ** 30 }).stdout)
      .digest('hex');

  test('raw: has GRUB, and the filesystem in its partition', async () => {
    await write('raw', 'disk.raw');
    const table = JSON.parse(run('sfdisk', '--json', path('disk.raw'))) as {
      partitiontable: { label: string; partitions: { start: number; size: number; type: string }[] };
    };
    expect(table.partitiontable.label).toBe('gpt');
    const partitions = table.partitiontable.partitions;
    const bios = partitions.find(({ type }) => type.startsWith('21686148'));
    const place = partitions.find((each) => each !== bios);
    const disk = readFileSync(path('disk.raw'));
    expect(disk.subarray(0, 4).toString()).toBe('BBBB');
    expect(
      disk
        .subarray((bios?.start ?? 0) * 512 + 512)
        .subarray(0, 4)
        .toString(),
    ).toBe('CCCC');
    const filesystem = disk.subarray((place?.start ?? 0) * 512).subarray(0, 64 * 1024 * 1024);
    const { sha256 } = store.readManifest(store.find('base')).filesystem;
    expect(createHash('sha256').update(filesystem).digest('hex')).toBe(sha256);
  });

  test('qcow2: QEMU finds the same disk in it', async () => {
    await write('qcow2', 'disk.qcow2');
    expect(run('qemu-img', 'compare', path('disk.raw'), path('disk.qcow2'))).toContain('identical');
  });

  test('XVA: a reader that skips what is left out gets the same disk, and its length from the metadata', async () => {
    await write('xva', 'base.xva');
    const names = run('tar', '--list', '-f', path('base.xva')).trim().split('\n');
    expect(names[0]).toBe('ova.xml');
    const { size, virtualSize, blocks } = await readXva(path('base.xva'));
    expect(virtualSize).toBe(size);
    expect(blocks).toBeLessThan(size / 2 ** 20 / 2);
    expect(sum('cat', path('base.xva.raw'))).toBe(sum('cat', path('disk.raw')));
    await write('xva', 'again.xva');
    expect(readFileSync(path('again.xva')).equals(readFileSync(path('base.xva')))).toBe(true);
  });
});

/** What an XML text without attributes leaves open, or closes and did not open. */
function findOpenTags(xml: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = ''] of xml.matchAll(/<(\/?)([\w.]+)>/g)) {
    if (slash === '') open.push(name);
    else if (open.pop() !== name) open.push(`/${name}`);
  }
  return open;
}

/** Reads an XVA as its description says, every checksum compared, into a file of the same name and `.raw`. */
async function readXva(file: string) {
  const archive = extract();
  const disk = openSync(`${file}.raw`, 'w');
  let xml = '';
  let size = 0;
  let blocks = 0;
  let last: Buffer = Buffer.alloc(0);
  createReadStream(file).pipe(archive);
  for await (const entry of archive) {
    const content = await buffer(entry);
    const { name } = entry.header;
    if (name === 'ova.xml') xml = content.toString();
    else if (name.endsWith('.checksum')) {
      expect(content.toString()).toBe(createHash('sha1').update(last).digest('hex'));
    } else {
      const index = Number(/^Ref:\d+\/(\d{8})$/.exec(name)?.[1]);
      writeSync(disk, content, 0, content.length, index * 1024 * 1024);
      size = index * 1024 * 1024 + content.length;
      blocks += 1;
      last = content;
    }
  }
  closeSync(disk);
  const virtualSize = Number(/<name>virtual_size<\/name><value>(\d+)</.exec(xml)?.[1]);
  // Every object that is referred to is there, and the metadata is XML.
  const ids = [...xml.matchAll(/<name>id<\/name><value>(Ref:\d+)</g)].map(([, id]) => id);
  for (const [, reference] of xml.matchAll(/<value>(Ref:\d+)</g)) expect(ids).toContain(reference);
  expect(findOpenTags(xml)).toEqual([]);
  return { size, virtualSize, blocks };
}

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
