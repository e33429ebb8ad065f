import { expect, test } from 'vitest';
import { readContent, readPart, readTextFile } from '../../../src/iso/content.ts';
import type { IsoEntry } from '../../../src/iso/directory.ts';
import { openImage } from '../../../src/iso/image.ts';
import { findEntry, walkTree } from '../../../src/iso/walk.ts';
import { assemble, ce, cl, dots, nm, px, re, record, sl, sourceOf, sp } from './tiny-iso.ts';

async function listImage(bytes: Uint8Array): Promise<IsoEntry[]> {
  const image = await openImage(sourceOf(bytes));
  const entries: IsoEntry[] = [];
  for await (const entry of walkTree(image)) entries.push(entry);
  return entries;
}

const ROOT_USE = [...sp(), ...px(0o40555)];

test('reads names, modes, links and content of Rock Ridge', async () => {
  const hello = new TextEncoder().encode('hello');
  const bytes = assemble(
    {
      20: [
        ...dots(20, 20, ROOT_USE),
        ...record({ name: 'A.;1', block: 21, length: 5, systemUse: [...px(0o100640), ...nm('a file')] }),
        ...record({
          name: 'L.;1',
          block: 0,
          length: 0,
          systemUse: [
            ...px(0o120777),
            ...nm('link'),
            ...sl([
              [8, ''],
              [1, 'us'],
              [0, 'r'],
              [4, ''],
            ]),
          ],
        }),
      ],
      21: hello,
    },
    24,
  );
  const entries = await listImage(bytes);
  expect(entries.map(({ path, kind, mode, size, target }) => ({ path, kind, mode, size, target }))).toEqual([
    { path: '/a file', kind: 'file', mode: 0o640, size: 5, target: undefined },
    { path: '/link', kind: 'link', mode: 0o777, size: 0, target: '/usr/..' },
  ]);
  const image = await openImage(sourceOf(bytes, 3));
  expect(await readTextFile(image, '/a file')).toBe('hello');
  expect(await readTextFile(image, '/link')).toBeUndefined();
});

test('joins a name that goes on in a continuation area', async () => {
  const rest = nm('-end');
  const bytes = assemble(
    {
      20: [
        ...dots(20, 20, ROOT_USE),
        ...record({
          name: 'A.;1',
          block: 21,
          length: 0,
          systemUse: [...px(0o100644), ...nm('start', 1), ...ce(22, 100, rest.length)],
        }),
      ],
      22: [...new Array<number>(100).fill(0), ...rest],
    },
    24,
  );
  expect((await listImage(bytes)).map(({ path }) => path)).toEqual(['/start-end']);
});

test('lists a moved directory where it belongs, with its own attributes', async () => {
  const bytes = assemble(
    {
      20: [
        ...dots(20, 20, ROOT_USE),
        ...record({
          name: 'DEEP',
          block: 9,
          length: 0,
          systemUse: [...px(0o100644), ...nm('deep'), ...cl(21)],
        }),
        ...record({
          name: 'MOVED',
          block: 21,
          length: 2048,
          flags: 2,
          systemUse: [...px(0o40700), ...nm('deep'), ...re()],
        }),
      ],
      21: [
        ...dots(21, 20, px(0o40711)),
        ...record({ name: 'F.;1', block: 22, length: 3, systemUse: [...px(0o100600), ...nm('f')] }),
      ],
    },
    24,
  );
  const entries = await listImage(bytes);
  expect(entries.map(({ path, kind, mode }) => [path, kind, mode])).toEqual([
    ['/deep', 'directory', 0o711],
    ['/deep/f', 'file', 0o600],
  ]);
});

test('joins the extents of a file, wherever they lie', async () => {
  const bytes = assemble(
    {
      20: [
        ...dots(20, 20),
        ...record({ name: 'BIG.;1', block: 22, length: 2048, flags: 0x80 }),
        ...record({ name: 'BIG.;1', block: 21, length: 4 }),
        ...record({ name: 'NEXT.;1', block: 21, length: 2 }),
      ],
      21: new TextEncoder().encode('tail'),
      22: new Uint8Array(2048).fill(0x61),
    },
    24,
  );
  const image = await openImage(sourceOf(bytes));
  const entry = await findEntry(image, '/BIG');
  expect(entry?.size).toBe(2052);
  if (entry === undefined) return;
  let content = '';
  for await (const chunk of readContent(image, entry)) content += new TextDecoder().decode(chunk);
  expect(content).toBe(`${'a'.repeat(2048)}tail`);
  expect(new TextDecoder().decode(await readPart(image, entry, 2046, 4))).toBe('aata');
  expect((await findEntry(image, '/NEXT'))?.size).toBe(2);
});

test('refuses what is no image, and names why', async () => {
  await expect(openImage(sourceOf(new Uint8Array(100)))).rejects.toMatchObject({ code: 'RL6001' });
  await expect(openImage(sourceOf(new Uint8Array(100_000)))).rejects.toMatchObject({ code: 'RL6001' });
});

test('refuses an image that is shorter than its volume', async () => {
  const bytes = assemble({ 20: dots(20, 20) }, 24);
  await expect(openImage(sourceOf(bytes.slice(0, 23 * 2048)))).rejects.toMatchObject({
    code: 'RL6002',
    status: 3,
  });
});

test('refuses a directory that holds itself', async () => {
  const bytes = assemble(
    { 20: [...dots(20, 20), ...record({ name: 'D', block: 20, length: 2048, flags: 2 })] },
    24,
  );
  await expect(listImage(bytes)).rejects.toMatchObject({ code: 'RL6005' });
});

test('refuses continuation areas that lead to each other', async () => {
  const bytes = assemble(
    {
      20: [
        ...dots(20, 20, ROOT_USE),
        ...record({ name: 'A.;1', block: 21, length: 0, systemUse: [...px(0o100644), ...ce(22, 0, 28)] }),
      ],
      22: ce(22, 0, 28),
    },
    24,
  );
  await expect(listImage(bytes)).rejects.toMatchObject({ code: 'RL6004' });
});

test.each(['../up', 'a/b', '..', '.', 'nul\0'])('refuses the name %j', async (name) => {
  const bytes = assemble(
    {
      20: [
        ...dots(20, 20, ROOT_USE),
        ...record({ name: 'A.;1', block: 21, length: 0, systemUse: [...px(0o100644), ...nm(name)] }),
      ],
    },
    24,
  );
  await expect(listImage(bytes)).rejects.toMatchObject({ code: 'RL6003' });
});

test('refuses the content of an extent outside the image', async () => {
  const bytes = assemble({ 20: [...dots(20, 20), ...record({ name: 'A.;1', block: 23, length: 4096 })] }, 24);
  const image = await openImage(sourceOf(bytes));
  await expect(readTextFile(image, '/A')).rejects.toMatchObject({ code: 'RL6002' });
});
