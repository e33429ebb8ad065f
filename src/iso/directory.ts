import { readExactly } from './byte-source.ts';
import { BLOCK } from './descriptors.ts';
import { type DirectoryRecord, type Extent, parseRecord } from './directory-record.ts';
import type { IsoImage, TreeKind } from './image.ts';
import { decodeUtf16, readByte, readText } from './numbers.ts';
import { isoFailure } from './problems.ts';
import { parseRockRidge, type RockRidge } from './rock-ridge.ts';
import { type HopBudget, readSystemUse } from './system-use.ts';

export type EntryKind = 'file' | 'directory' | 'link' | 'other';

/** One name of an image. `path` is absolute, without a trailing slash but for the root. */
export interface IsoEntry {
  readonly path: string;
  readonly name: string;
  readonly kind: EntryKind;
  /** Bytes of a file's content; 0 for a link. */
  readonly size: number;
  /** Permission bits; undefined without Rock Ridge. */
  readonly mode: number | undefined;
  readonly links: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Seconds since 1970. */
  readonly modified: number;
  readonly target: string | undefined;
  readonly extents: readonly Extent[];
}

/** How a tree is read: which names, and what is left of the limits. */
export interface TreeReader {
  readonly image: IsoImage;
  readonly tree: TreeKind;
  readonly hops: HopBudget;
}

/** 4096 extents are 16 TiB; a directory of 16 MiB has a quarter of a million names. */
const MOST_EXTENTS = 4096;
const LARGEST_DIRECTORY = 16 * 1024 * 1024;

/**
 * Lists one directory in the order of the medium, without `.` and `..`. Records never cross a block's end.
 * @throws Failure RL6002 to RL6004.
 */
export async function* listDirectory(reader: TreeReader, directory: IsoEntry): AsyncGenerator<IsoEntry> {
  const [extent] = directory.extents;
  if (extent === undefined) return;
  if (extent.length > LARGEST_DIRECTORY)
    throw isoFailure('limit', { what: `bytes in ${directory.path}`, limit: LARGEST_DIRECTORY });
  let earlier: Extent[] = [];
  for await (const record of readRecords(reader, extent, directory.path)) {
    if (isDotRecord(record) || record.isAssociated) continue;
    const extents = [...earlier, record.extent];
    if (extents.length > MOST_EXTENTS)
      throw isoFailure('limit', { what: 'extents in one file', limit: MOST_EXTENTS });
    if (record.isContinued && !record.isDirectory) {
      earlier = extents;
      continue;
    }
    earlier = [];
    const entry = await makeEntry(reader, directory.path, record, extents);
    if (entry !== undefined) yield entry;
  }
}

async function* readRecords(
  reader: TreeReader,
  extent: Extent,
  path: string,
): AsyncGenerator<DirectoryRecord> {
  for (let done = 0; done < extent.length; done += BLOCK) {
    const start = extent.block * BLOCK + done;
    const block = await readExactly(reader.image.cached, start, BLOCK, `the directory ${path}`);
    let offset = 0;
    while (offset < BLOCK) {
      const record = parseRecord(block, offset);
      if (record === undefined) break;
      yield record;
      offset += readByte(block, offset);
    }
  }
}

/** The directory itself (one byte 0) and its parent (one byte 1). */
function isDotRecord(record: DirectoryRecord): boolean {
  return record.identifier.length === 1 && readByte(record.identifier, 0) <= 1;
}

/** The entry of the root directory of a tree. */
export async function readRoot(reader: TreeReader): Promise<IsoEntry> {
  const { primary, joliet } = reader.image.descriptors;
  const volume = reader.tree === 'joliet' ? (joliet ?? primary) : primary;
  const self = await readSelf(reader, volume.root.extent.block, '/');
  return { ...self, path: '/', name: '', extents: [volume.root.extent] };
}

/** Reads a directory's own record, which has the attributes of a directory that was moved. */
async function readSelf(reader: TreeReader, block: number, path: string): Promise<IsoEntry> {
  const bytes = await readExactly(reader.image.cached, block * BLOCK, BLOCK, `the directory ${path}`);
  const record = parseRecord(bytes, 0);
  if (record === undefined || !record.isDirectory)
    throw isoFailure('broken', { what: `the directory ${path}`, why: 'is empty' });
  return buildEntry(path, '', record, await readFields(reader, record), [record.extent]);
}

async function readFields(reader: TreeReader, record: DirectoryRecord): Promise<RockRidge | undefined> {
  if (reader.tree !== 'rock-ridge') return undefined;
  const { cached, skip } = reader.image;
  return parseRockRidge(await readSystemUse(cached, record.systemUse, skip, reader.hops));
}

async function makeEntry(
  reader: TreeReader,
  parent: string,
  record: DirectoryRecord,
  extents: readonly Extent[],
): Promise<IsoEntry | undefined> {
  const fields = await readFields(reader, record);
  if (fields?.isRelocated === true) return undefined;
  const name = fields?.name ?? plainName(reader.tree, record);
  if (/[/\0]/.test(name) || name === '' || name === '.' || name === '..') {
    throw isoFailure('broken', { what: `the directory ${parent}`, why: `has the impossible name ${name}` });
  }
  const path = parent === '/' ? `/${name}` : `${parent}/${name}`;
  if (fields?.childBlock === undefined) return buildEntry(path, name, record, fields, extents);
  const self = await readSelf(reader, fields.childBlock, path);
  // The directory's own record is the first of its extent.
  const length = self.extents[0]?.length ?? 0;
  return { ...self, path, name, extents: [{ block: fields.childBlock, length }] };
}

/** The identifier without its version; a dot at the end is an empty extension. */
function plainName(tree: TreeKind, record: DirectoryRecord): string {
  const { identifier } = record;
  const text = tree === 'joliet' ? decodeUtf16(identifier) : readText(identifier, 0, identifier.length);
  const name = record.isDirectory ? text : text.replace(/;\d*$/, '');
  return tree === 'joliet' || record.isDirectory ? name : name.replace(/(.)\.$/, '$1');
}

function buildEntry(
  path: string,
  name: string,
  record: DirectoryRecord,
  fields: RockRidge | undefined,
  extents: readonly Extent[],
): IsoEntry {
  const kind = findKind(record, fields?.mode);
  return {
    path,
    name,
    kind,
    size: kind === 'file' ? extents.reduce((sum, extent) => sum + extent.length, 0) : 0,
    mode: fields?.mode === undefined ? undefined : fields.mode & 0o7777,
    links: fields?.links,
    uid: fields?.uid,
    gid: fields?.gid,
    modified: fields?.modified ?? record.modified,
    target: kind === 'link' ? fields?.target : undefined,
    extents: kind === 'link' || kind === 'other' ? [] : extents,
  };
}

/** The file type in st_mode, unless it contradicts the record: only a directory's record leads to a directory. */
function findKind(record: DirectoryRecord, mode: number | undefined): EntryKind {
  if (record.isDirectory) return 'directory';
  const type = (mode ?? 0) & 0o170000;
  if (type === 0o120000) return 'link';
  return type === 0 || type === 0o100000 || type === 0o040000 ? 'file' : 'other';
}
