import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeLayout } from '../../../../src/image/layout.ts';
import { fingerprintKey, SIGNED_INDEX } from '../../../../src/image/signed-index.ts';
import { openDirectoryRemote } from '../../../../src/run/remote/directory.ts';
import { openImageKeys } from '../../../../src/run/remote/keys.ts';
import type { ImageRemote } from '../../../../src/run/remote/remote.ts';
import { makeWorld, manifest, pieces } from './support.ts';

let world: ReturnType<typeof makeWorld>;
let remote: ImageRemote;
const shared = (path: string) => join(world.directory, 'shared', path);
const chunkFile = (index: number) => shared(storeLayout.chunk(manifest.chunks[index]?.id ?? ''));

beforeEach(async () => {
  world = makeWorld();
  await world.fill();
  remote = openDirectoryRemote(shared(''));
});
afterEach(() => rmSync(world.directory, { recursive: true, force: true }));

describe('images by a directory', () => {
  test('come out as they went in; the second time nothing moves', async () => {
    expect(await world.push(remote)).toMatchObject({ files: 4, moved: 4 });
    expect(await world.push(remote)).toMatchObject({ files: 4, moved: 0 });
    const pulled = await world.pull(remote);
    expect(pulled).toMatchObject({ name: 'base', files: 4, moved: 3 });
    const target = world.open('target');
    expect(target.readManifest(target.find('base'))).toEqual(manifest);
    expect(await target.verify(manifest)).toEqual([]);
    expect(await world.pull(remote)).toMatchObject({ moved: 0 });
    expect(world.listFiles('target').filter((file) => file.startsWith('pull'))).toEqual([]);
  });

  test('the private key is for its owner only, and a key that others can read is refused', () => {
    world.keys.own();
    const path = join(world.directory, 'keys/private.pem');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('a key that is not trusted is refused with its fingerprint, and accepted when somebody trusts it', async () => {
    await world.push(remote);
    const fingerprint = fingerprintKey(world.keys.own().publicBytes);
    const others = openImageKeys(join(world.directory, 'others'));
    await expect(world.pull(remote, 'target', others.listTrusted())).rejects.toMatchObject({
      code: 'RL1622',
      message: expect.stringContaining(fingerprint),
    });
    others.trust(fingerprint.toUpperCase());
    expect((await world.pull(remote, 'target', others.listTrusted())).moved).toBe(3);
    expect(() => others.trust('abc')).toThrow('fingerprint');
  });

  test('a changed index is refused, and so is one without a signature', async () => {
    await world.push(remote);
    const text = readFileSync(shared(SIGNED_INDEX), 'utf8');
    writeFileSync(shared(SIGNED_INDEX), text.replace('2026-01-01', '2026-01-02'));
    await expect(world.pull(remote)).rejects.toMatchObject({ code: 'RL1621' });
    writeFileSync(shared(SIGNED_INDEX), '<html>Please log in</html>');
    await expect(world.pull(remote)).rejects.toMatchObject({ code: 'RL1620' });
    await expect(world.push(remote)).rejects.toMatchObject({ code: 'RL1620' });
  });

  const damages: [string, (path: string) => void][] = [
    ['cut off', (path) => truncateSync(path, 100)],
    ['longer', (path) => appendFileSync(path, 'more')],
    ['empty', (path) => truncateSync(path, 0)],
    [
      'one byte flipped',
      (path) => {
        const bytes = readFileSync(path);
        bytes[4000] = (bytes[4000] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ],
    ['another chunk', (path) => writeFileSync(path, readFileSync(chunkFile(2)))],
  ];
  test.each(damages)(
    'a chunk that is %s is refused by name; what is good is kept; a push mends it',
    async (_, damage) => {
      await world.push(remote);
      damage(chunkFile(1));
      const id = manifest.chunks[1]?.id ?? '';
      await expect(world.pull(remote)).rejects.toMatchObject({
        code: 'RL1626',
        message: expect.stringContaining(id),
      });
      const target = world.open('target');
      expect(target.list()).toEqual([]);
      expect(target.hasChunk(id)).toBe(false);
      expect(target.hasChunk(manifest.chunks[0]?.id ?? '')).toBe(true);
      expect((await world.push(remote)).moved).toBe(1);
      expect((await world.pull(remote)).moved).toBe(1);
    },
  );

  test('a manifest of another hash is refused', async () => {
    await world.push(remote);
    const [image] = world.source.list();
    appendFileSync(shared(storeLayout.manifest('base', image?.hash ?? '')), ' ');
    await expect(world.pull(remote)).rejects.toMatchObject({ code: 'RL1626' });
  });

  test('a corrupt chunk here is not pushed, and is fetched again by a pull', async () => {
    await world.push(remote);
    await world.pull(remote);
    const target = world.open('target');
    truncateSync(target.chunkPath(manifest.chunks[0]?.id ?? ''), 50);
    await expect(world.push(openDirectoryRemote(shared('second')), target)).rejects.toMatchObject({
      code: 'RL1504',
    });
    expect((await world.pull(remote)).moved).toBe(1);
    expect(await target.verify(manifest)).toEqual([]);
  });

  test('an unknown image is named with those that are there', async () => {
    await world.push(remote);
    expect(pieces).toHaveLength(3);
    const { keys, open } = world;
    const { pullImage } = await import('../../../../src/run/remote/pull.ts');
    const { runner } = await import('./support.ts');
    const request = { store: open('x'), runner, remote, image: 'other', trusted: keys.listTrusted() };
    await expect(pullImage({ ...request, say: () => {}, now: () => new Date() })).rejects.toMatchObject({
      code: 'RL1627',
      message: expect.stringContaining('it has: base'),
    });
  });
});
