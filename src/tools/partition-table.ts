import { z } from 'zod';
import { EXIT, Failure } from '../report/failure.ts';
import type { FilesystemPlace } from './mount.ts';

/** argv of sfdisk(8) that prints the partition table of a disk or disk image. */
export function buildPartitionTableArgv(device: string): string[] {
  return ['sfdisk', '--json', '--', device];
}

const whole = z.int().nonnegative();
const table = z.object({
  partitiontable: z.object({
    device: z.string(),
    unit: z.literal('sectors'),
    sectorsize: whole.positive().default(512),
    partitions: z.array(
      z.object({ node: z.string(), start: whole, size: whole.positive(), type: z.string() }),
    ),
  }),
});

/** A partition by its number, as `sfdisk --json` tells it. */
export interface Partition extends FilesystemPlace {
  readonly number: number;
  /** GUID of the partition's type, in upper case; two digits in an MBR. */
  readonly type: string;
}

/** @throws Failure RL1201 for anything but a partition table in sfdisk's JSON */
export function parsePartitionTable(output: string): Partition[] {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    value = undefined;
  }
  const read = table.safeParse(value);
  if (!read.success)
    throw new Failure(EXIT.failed, 'RL1201', 'the disk has no partition table that sfdisk reads');
  const { device, sectorsize, partitions } = read.data.partitiontable;
  return partitions.map(({ node, start, size, type }) => ({
    // A node is the disk's name and the number, with a `p` between them where the name ends in a digit.
    number: Number(node.slice(device.length).replace(/^p/, '')),
    offset: start * sectorsize,
    size: size * sectorsize,
    type: type.toUpperCase(),
  }));
}
