import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageManifest } from '../../src/image/manifest.ts';
import { storeFilesystem } from '../../src/run/image-chunker.ts';
import { restoreImage } from '../../src/run/image-restore.ts';
import { openImageStore } from '../../src/run/image-store.ts';
import { updateFilesystemImage, writeLayerImage } from '../../src/run/rootfs/update-image.ts';
import { writeFilesystemImage } from '../../src/run/rootfs/write-image.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import type { StepContext } from '../../src/run/steps/context.ts';
import { buildGrowArgv, buildSetUuidArgv } from '../../src/tools/ext-image.ts';
import { buildOverlayMountArgv } from '../../src/tools/overlay-mount.ts';
import { makeManifest } from '../unit/image/samples.ts';

/** A tree with everything that a root filesystem may hold, into a filesystem, a store, and onto a disk. Needs root. */
const EPOCH = 1_700_000_000;
const UUID = '11111111-2222-8333-8444-555555555555';
const OTHER_UUID = '99999999-2222-8333-8444-555555555555';
const OFFSET = 2 * 1024 * 1024;
const runner = createRunner({ environment: process.env });
const sh = (script: string, ...args: string[]) =>
  execFileSync('sh', ['-ec', script, 'test', ...args], { encoding: 'utf8' });
let directory = '';
let manifest: ImageManifest;
let restored = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relight-filesystem-'));
  makeTree(join(directory, 'tree'));
  manifest = await bake('tree', 'one');
  restored = join(directory, 'disk');
  await restore(restored, 1024 * 1024 * 1024);
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the filesystem of an image', () => {
  test('is the same in every bit wherever, whenever and in whatever order its tree was made', async () => {
    const copy = join(directory, 'elsewhere', 'copy');
    // In another order: the directory of the copy lists its names in another way.
    mkdirSync(copy, { recursive: true });
    sh('cd "$1"; cp -a -- $(ls -A | sort -r) "$2/"', join(directory, 'tree'), copy);
    utimesSync(join(copy, 'late'), EPOCH + 5000, EPOCH + 5000);
    sh('touch -r "$1" "$2"; chmod --reference="$1" "$2"', join(directory, 'tree'), copy);
    const again = await bake('elsewhere/copy', 'two');
    expect(again).toEqual(manifest);
  }, 300_000);

  test('comes back on a disk, grown, with another UUID, and sound', () => {
    expect(sh('blkid -p -O "$2" -o value -s UUID "$1"', restored, String(OFFSET)).trim()).toBe(OTHER_UUID);
    sh('e2fsck -fn "$1?offset=$2"', restored, String(OFFSET));
    const blocks = /Block count:\s+(\d+)/.exec(
      sh('dumpe2fs -h "$1?offset=$2" 2>/dev/null', restored, String(OFFSET)),
    );
    expect(Number(blocks?.[1])).toBe((900 * 1024 * 1024) / 4096);
  });

  test('has every file with its content, owner, mode, links, holes and capability', () => {
    const list = (root: string) =>
      sh('cd "$1"; find . ! -path "./lost+found*" -printf "%P %y %m %U %G %n %s %l %Ts\\n" | sort', root);
    // Directories differ in size and links between filesystems, nothing else does.
    const clean = (text: string) =>
      text.replace(/^(\S*) d (\d+) (\d+ \d+) \d+ \d+/gm, '$1 d $2 $3').replace(/\.0{10}/g, '');
    mounted(restored, (root) => {
      const expected = clean(list(join(directory, 'tree'))).replace(
        new RegExp(String(EPOCH + 9000), 'g'),
        String(EPOCH),
      );
      expect(clean(list(root))).toBe(expected);
      expect(sh('getcap "$1"/bin/ping || true', root)).toContain(hasGetcap() ? 'cap_net_raw' : '');
      expect(readFileSync(join(root, 'big')).equals(readFileSync(join(directory, 'tree/big')))).toBe(true);
      expect(sh('stat -c %t,%T "$1"/dev/null', root).trim()).toBe('1,3');
    });
  });
});

describe('what is put over a layer', () => {
  const CHANGES = [
    'cd "$1"; rm etc/empty etc/quote*; rm -r many/file-1*; rm -r home; echo home >home',
    'rm bin/su2; echo other >bin/su2; ln bin/su links/one-more; chmod 0711 bin/ping; rm links/name-of-some-length-7',
    'rm -r etc/deep; ln -s ../dev etc/deep; rm etc/short; mkdir -p etc/short/below; echo x >etc/short/below/x',
    'echo more >>big; ln -sfn ../big etc/long; mkdir -m 0700 new; cp -a dev/null new/; touch -d @1660000000 new tmp',
  ].join('\n');

  test('is the filesystem of the merged tree, and the same wherever it is made', async () => {
    const [one, two] = [await update('layers'), await update('far/away/layers')];
    expect(two).toEqual(one);
  }, 300_000);

  /** A layer, changes over it, and the filesystem of both; compared with the merged tree. */
  async function update(name: string) {
    const at = (path: string) => join(directory, name, path);
    mkdirSync(at('base'), { recursive: true });
    sh('cp -a "$1" "$2"', join(directory, 'tree'), at('base/tree'));
    const shared = { work: at('write'), uuid: UUID, epoch: EPOCH };
    await writeLayerImage(runner, { ...shared, root: at('base/tree'), image: at('base/filesystem.img') });
    for (const path of ['draft/tree', 'draft.work', 'root']) mkdirSync(at(path), { recursive: true });
    const upper = at('draft/tree');
    const argv = buildOverlayMountArgv({
      lower: [at('base/tree')],
      upper,
      work: at('draft.work'),
      path: at('root'),
    });
    execFileSync(argv[0] ?? '', argv.slice(1), { stdio: 'pipe' });
    const image = at('draft/filesystem.img');
    try {
      sh(CHANGES, at('root'));
      await updateFilesystemImage(runner, { ...shared, base: at('base'), upper, root: at('root'), image });
      const expected = describeTree(at('root'));
      mounted(image, (root) => expect(describeTree(root)).toBe(expected), 0);
    } finally {
      sh('umount "$1"', at('root'));
    }
    return storeFilesystem(runner, image, openImageStore(at('store'), runner), () => undefined);
  }

  /** Names, kinds, modes, owners, sizes and times no later than the image's, link targets, contents, capabilities. */
  function describeTree(root: string): string {
    const listed = sh(
      [
        'cd "$1"; find . ! -path "./lost+found*" ! -type d -printf "%P %y %m %U %G %s %Ts %l\\n" | sort',
        'find . ! -path "./lost+found*" -type d -printf "%P %y %m %U %G %Ts\\n" | sort',
        'find . -type f | sort | xargs -d "\\n" sha256sum; getcap bin/ping || true',
      ].join('\n'),
      root,
    );
    return listed.replace(/ (1[6-9]\d{8})(?:\.\d+)?/g, (_, time) => ` ${Math.min(Number(time), EPOCH)}`);
  }
});

describe('a store that is full', () => {
  test('gets no image and no half chunk, and takes the image when there is room', async () => {
    const place = join(directory, 'small-store');
    mkdirSync(place);
    sh('mount -t tmpfs -o size=2m relight-test "$1"', place);
    try {
      const store = openImageStore(place, runner);
      const put = () => storeFilesystem(runner, join(directory, 'one-work/image'), store, () => undefined);
      await expect(put()).rejects.toThrow(/ENOSPC|No space left/);
      expect(manifest.chunks.filter(({ id }) => store.hasChunk(id))).toEqual([]);
      expect(readdirSync(place).filter((name) => name.startsWith('partial-'))).toEqual([]);
      sh('mount -o remount,size=200m "$1"', place);
      expect((await put()).chunks).toEqual(manifest.chunks);
      expect(await store.verify(manifest)).toEqual([]);
    } finally {
      sh('umount "$1"', place);
    }
  });
});

describe('a restore', () => {
  test('leaves nothing of what lay on the volume before in a block that the image has as zero', async () => {
    const disk = join(directory, 'dirty');
    const file = openSync(disk, 'w');
    const noise = randomBytes(1024 * 1024);
    for (let at = 0; at < 600; at += 1) writeSync(file, noise, 0, noise.length, at * noise.length);
    closeSync(file);
    await restore(disk, 600 * 1024 * 1024, false);
    sh('e2fsck -fn "$1?offset=$2"', disk, String(OFFSET));
  }, 300_000);

  test('writes no chunk whose hash is wrong', async () => {
    const broken = join(directory, 'broken');
    cpSync(join(directory, 'one-store'), broken, { recursive: true });
    const store = openImageStore(broken, runner);
    const id = manifest.chunks.at(-1)?.id ?? '';
    const disk = join(directory, 'unwritten');
    // The chunk takes the place of an unpacked copy that is wrong or absent.
    const [first = '', second = ''] = manifest.chunks.map((chunk) => store.unpackedPath(chunk.id));
    truncateSync(first, 20);
    rmSync(second);
    flip(store.unpackedPath(id));
    await restore(disk, 600 * 1024 * 1024, false, broken);
    sh('e2fsck -fn "$1?offset=$2"', disk, String(OFFSET));
    expect(sh('cmp "$1" "$2" || true', disk, join(directory, 'dirty')).trim()).toBe('');
    truncateSync(store.chunkPath(id), 20);
    await expect(restore(disk, 600 * 1024 * 1024, false, broken)).rejects.toMatchObject({ code: 'RL1504' });
  });

  test('reads no chunk of which there is an unpacked copy, and ends when it is interrupted', async () => {
    const unpacked = join(directory, 'unpacked');
    cpSync(join(directory, 'one-store'), unpacked, { recursive: true });
    rmSync(join(unpacked, 'chunks'), { recursive: true });
    await restore(join(directory, 'from-unpacked'), 600 * 1024 * 1024, false, unpacked);
    const aborted = AbortSignal.abort();
    const again = restore(join(directory, 'from-unpacked'), 600 * 1024 * 1024, false, unpacked, aborted);
    await expect(again).rejects.toMatchObject({ code: 'RL0604' });
  });

  test('refuses a disk that is too small before it writes anything', async () => {
    const disk = join(directory, 'small');
    await expect(restore(disk, 64 * 1024 * 1024, false)).rejects.toMatchObject({ code: 'RL1540' });
    expect(sh('stat -c %b "$1"', disk).trim()).toBe('0');
  });
});

async function bake(tree: string, name: string): Promise<ImageManifest> {
  const work = join(directory, `${name}-work`);
  mkdirSync(work);
  const image = join(work, 'image');
  await writeFilesystemImage(runner, { root: join(directory, tree), image, work, uuid: UUID, epoch: EPOCH });
  const store = openImageStore(join(directory, `${name}-store`), runner);
  const { filesystem, chunks } = await storeFilesystem(runner, image, store, () => undefined);
  const found = { ...makeManifest([]), filesystem: { ...filesystem, uuid: UUID }, chunks };
  await store.putManifest(found, '2026-01-01T00:00:00.000Z');
  return found;
}

async function restore(
  disk: string,
  size: number,
  grow = true,
  from = join(directory, 'one-store'),
  signal = new AbortController().signal,
): Promise<void> {
  if (!existsSync(disk)) writeFileSync(disk, '');
  truncateSync(disk, size);
  const { hash } = openImageStore(from, runner).find('base');
  const listener = { progress: () => undefined, console: () => undefined, note: () => undefined };
  const context = { runner, listener, signal } as unknown as StepContext;
  await restoreImage(
    { do: 'restore-image', store: from, image: 'base', manifest: hash, device: disk, offset: OFFSET },
    context,
  );
  if (!grow) return;
  for (const [program = '', ...args] of [
    buildSetUuidArgv(disk, OFFSET, OTHER_UUID),
    buildGrowArgv(disk, OFFSET, 900 * 1024 * 1024),
  ]) {
    execFileSync(program, args, { stdio: 'pipe' });
  }
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function mounted(disk: string, act: (root: string) => void, offset = OFFSET): void {
  const root = join(directory, 'mounted');
  mkdirSync(root);
  sh('mount -o "ro,loop,offset=$3" "$1" "$2"', disk, root, String(offset));
  try {
    act(root);
  } finally {
    sh('umount "$1"; rmdir "$1"', root);
  }
}

const hasGetcap = () => sh('command -v getcap setcap >/dev/null && echo yes || true').trim() === 'yes';

function makeTree(root: string): void {
  for (const path of ['bin', 'dev', 'etc/deep/er', 'home', 'tmp', 'many'])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'bin/ping'), 'ping\n', { mode: 0o755 });
  if (hasGetcap()) sh('setcap cap_net_raw+ep "$1"/bin/ping', root);
  writeFileSync(join(root, 'bin/su'), 'su\n');
  writeFileSync(join(root, 'etc/quote " and space'), 'x');
  writeFileSync(join(root, 'etc/főtanúsítvány'), 'y');
  writeFileSync(join(root, 'etc/empty'), '');
  writeFileSync(
    join(root, 'big'),
    Buffer.concat([randomBytes(5_000_000), Buffer.alloc(3_000_000), randomBytes(1000)]),
  );
  for (let index = 0; index < 400; index += 1)
    writeFileSync(join(root, `many/file-${index}-${'x'.repeat(60)}`), `${index}`);
  const long = 'a/'.repeat(60);
  sh(
    [
      'cd "$1"',
      'chmod 4755 bin/su; chown 1000:1001 home; chmod 0700 home; chmod 1777 tmp',
      'ln bin/su bin/su2; ln bin/su etc/su3; ln -s ../bin/su etc/short; ln -s "$2" etc/long',
      'mknod dev/null c 1 3; mknod dev/disk b 259 300; mkfifo dev/pipe',
      'truncate -s 3M hole',
      // More names of one file than a block of a directory holds.
      'mkdir links; for n in $(seq 200); do ln bin/su2 "links/name-of-some-length-$n"; done',
      'find . -exec touch -h -d @1600000000 {} +',
      'echo late >late; touch -d "@$3" late',
      'touch -d @1650000000 .',
    ].join('\n'),
    root,
    long,
    String(EPOCH + 9000),
  );
}
