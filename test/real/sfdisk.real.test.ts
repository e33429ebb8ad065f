import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layOutRootDisk, renderSfdiskScript } from '../../src/render/sfdisk.ts';

// Needs sfdisk (package fdisk). It works on a sparse file: no loop device, no privileges.
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-sfdisk-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const uuidOf = (digit: number) => `0000000${digit}-1111-4222-8333-444444444444`;

function partition(sizeBytes: number, hasEsp: boolean) {
  const image = join(directory, 'disk.img');
  writeFileSync(image, '');
  truncateSync(image, sizeBytes);
  const script = renderSfdiskScript({
    sizeBytes,
    diskUuid: uuidOf(1),
    biosUuid: uuidOf(2),
    rootUuid: uuidOf(3),
    ...(hasEsp ? { espUuid: uuidOf(4) } : {}),
  });
  execFileSync('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', image], { input: script });
  execFileSync('sfdisk', ['--verify', image]);
  return JSON.parse(execFileSync('sfdisk', ['--json', image], { encoding: 'utf8' })).partitiontable;
}

test.each([
  [67 * 1024 ** 2, false],
  [131 * 1024 ** 2, true],
  [8 * 1024 ** 3, true],
  [8 * 1024 ** 3 + 512 * 77, false],
])('sfdisk makes of %d bytes (ESP: %s) what the layout says', (sizeBytes, hasEsp) => {
  const table = partition(sizeBytes, hasEsp);
  const layout = layOutRootDisk(sizeBytes, hasEsp);
  expect(table).toMatchObject({ label: 'gpt', id: uuidOf(1).toUpperCase(), sectorsize: 512 });
  const row = (number: number, name: string, type: string, uuid: string, offset: number, size: number) => ({
    node: `${join(directory, 'disk.img')}${number}`,
    start: offset / 512,
    size: size / 512,
    type,
    uuid: uuid.toUpperCase(),
    name,
  });
  expect(table.partitions).toEqual([
    row(1, 'root', '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709', uuidOf(3), layout.rootOffset, layout.rootSize),
    row(14, 'bios', '21686148-6449-6E6F-744E-656564454649', uuidOf(2), layout.biosOffset, layout.biosSize),
    ...(hasEsp
      ? [
          row(
            15,
            'esp',
            'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
            uuidOf(4),
            layout.espOffset ?? 0,
            layout.espSize ?? 0,
          ),
        ]
      : []),
  ]);
});
