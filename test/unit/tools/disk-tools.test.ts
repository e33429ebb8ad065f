import { expect, test } from 'vitest';
import { chooseModules } from '../../../src/tools/depmod.ts';
import { buildSetUuidArgv } from '../../../src/tools/filesystem.ts';
import { buildMountArgv } from '../../../src/tools/mount.ts';
import { parsePartitionTable } from '../../../src/tools/partition-table.ts';

const sfdisk = (device: string, nodes: readonly string[]) =>
  JSON.stringify({
    partitiontable: {
      ...{ label: 'gpt', device, unit: 'sectors', sectorsize: 512 },
      partitions: nodes.map((node, index) => ({ node, start: 2048 * (index + 1), size: 2048, type: 'ab' })),
    },
  });

test('partitions are numbered by their nodes, also where the name of the disk ends in a digit', () => {
  const disk = '/dev/vg0/web1-root.7f3a12';
  const found = parsePartitionTable(sfdisk(disk, [`${disk}p1`, `${disk}p15`]));
  expect(found.map(({ number }) => number)).toEqual([1, 15]);
  expect(found[1]).toMatchObject({ offset: 2 * 1024 ** 2, size: 1024 ** 2, type: 'AB' });
  const letters = parsePartitionTable(sfdisk('/x/web1-root.7f3abc', ['/x/web1-root.7f3abc2']));
  expect(letters.map(({ number }) => number)).toEqual([2]);
});

test.each(['', '{}', '[1]', '{"partitiontable":{}}'])('no table is made of %j', (text) => {
  expect(() => parsePartitionTable(text)).toThrow('no partition table');
});

test('a module comes with all it needs, whatever dash its name has; a built-in one is left out', () => {
  const dep = [
    'kernel/fs/ext4/ext4.ko.xz: kernel/fs/jbd2/jbd2.ko.xz kernel/lib/crc16.ko.xz',
    'kernel/fs/jbd2/jbd2.ko.xz:',
    'kernel/drivers/block/xen-blkfront.ko:',
    'kernel/other.ko:',
  ].join('\n');
  expect(chooseModules(dep, ['ext4', 'xen_blkfront', 'built-in'])).toEqual([
    'kernel/drivers/block/xen-blkfront.ko',
    'kernel/fs/ext4/ext4.ko.xz',
    'kernel/fs/jbd2/jbd2.ko.xz',
    'kernel/lib/crc16.ko.xz',
  ]);
});

test('a filesystem inside a disk is addressed by its offset', () => {
  expect(buildMountArgv('/d.img', { offset: 2097152, size: 4096 }, '/m', true)).toEqual([
    ...[
      'mount',
      '--types',
      'ext4',
      '--options',
      'ro,loop,offset=2097152,sizelimit=4096',
      '--',
      '/d.img',
      '/m',
    ],
  ]);
  expect(buildSetUuidArgv('/d.img', 1024, 'u').set).toEqual(['tune2fs', '-U', 'u', '/d.img?offset=1024']);
});
