import { type ByteSource, cacheSource, readExactly } from './byte-source.ts';
import { BLOCK, type Descriptors, readDescriptors, type Volume } from './descriptors.ts';
import { parseRecord } from './directory-record.ts';
import { readByte } from './numbers.ts';
import { isoFailure } from './problems.ts';
import { parseRockRidge } from './rock-ridge.ts';
import { type HopBudget, readSystemUse } from './system-use.ts';

/** Which names are read: Rock Ridge's (POSIX), Joliet's (UTF-16), or the plain ones. */
export type TreeKind = 'rock-ridge' | 'joliet' | 'plain';

/** An opened image. Nothing of its trees is kept in memory. */
export interface IsoImage {
  readonly source: ByteSource;
  /** The same bytes behind a cache of 2 MiB, for small reads. */
  readonly cached: ByteSource;
  readonly descriptors: Descriptors;
  readonly volume: Volume;
  /** The trees that it has, the best one first. */
  readonly trees: readonly TreeKind[];
  /** Bytes to leave out at the start of each system use area (SP). */
  readonly skip: number;
}

/**
 * Opens an image: reads its descriptors and finds out which trees it has.
 * @throws Failure RL6001 (no ISO image), RL6002 (shorter than its volume says), RL6003 (damaged).
 */
export async function openImage(source: ByteSource): Promise<IsoImage> {
  const cached = cacheSource(source);
  const descriptors = await readDescriptors(cached);
  const { primary, joliet } = descriptors;
  if (primary.blocks * BLOCK > source.size) {
    throw isoFailure('truncated', { what: `a volume of ${primary.blocks * BLOCK} bytes`, size: source.size });
  }
  const skip = await findRockRidge(cached, primary);
  const trees: TreeKind[] = [
    ...(skip === undefined ? [] : (['rock-ridge'] as const)),
    ...(joliet === undefined ? [] : (['joliet'] as const)),
    'plain',
  ];
  return { source, cached, descriptors, volume: primary, trees, skip: skip ?? 0 };
}

/** Looks at the root directory's own record: the SP field gives the bytes to skip; undefined without Rock Ridge. */
async function findRockRidge(source: ByteSource, volume: Volume): Promise<number | undefined> {
  const start = volume.root.extent.block * BLOCK;
  const record = parseRecord(await readExactly(source, start, BLOCK, 'the root directory'), 0);
  if (record === undefined) throw isoFailure('broken', { what: 'the root directory', why: 'is empty' });
  const budget: HopBudget = { left: 100 };
  const fields = await readSystemUse(source, record.systemUse, 0, budget);
  const sp = fields.find((field) => field.signature === 'SP');
  const marked = sp !== undefined && readByte(sp.data, 0) === 0xbe && readByte(sp.data, 1) === 0xef;
  if (parseRockRidge(fields) === undefined && !marked) return undefined;
  return marked ? readByte(sp.data, 2) : 0;
}
