import { createHash } from 'node:crypto';
import { z } from 'zod';
import { makeIssue } from '../report/codes.ts';
import { EXIT, Failure } from '../report/failure.ts';

/** The hash that names a chunk: SHA-256 of its bytes as they lie in the filesystem, in lower-case hexadecimal. */
export type ChunkId = string;

/** Bytes of the filesystem that one chunk covers at most. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().nonnegative();
/** First block and number of blocks. */
const run = z.tuple([size, z.number().int().positive()]);
const name = z.string().regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
const printable = z.string().regex(/^[\x21-\x7e]{1,200}$/);

const packageSchema = z.strictObject({
  name: printable,
  version: printable,
  architecture: printable,
  /** SHA-256 of the .deb. */
  sha256: hash,
});

const chunkSchema = z.strictObject({
  id: hash,
  /** Bytes, uncompressed. */
  size: z.number().int().positive().max(CHUNK_BYTES),
  /** Where its bytes go, in their order: runs of blocks of the filesystem. */
  runs: z.array(run).min(1),
});

const filesystemSchema = z.strictObject({
  type: z.literal('ext4'),
  uuid: z.uuid(),
  blockSize: z.literal(4096),
  /** Bytes of the whole filesystem. A volume must have at least as many; more is filled by growing it. */
  size: z.number().int().positive(),
  /** SHA-256 of the whole filesystem as a file whose unused blocks are zero. */
  sha256: hash,
  /** Bytes of the chunks together. */
  dataBytes: size,
  /** Blocks in use that are zero: to be zeroed where the volume may hold something else. */
  zeroRuns: z.array(run),
});

const manifestSchema = z.strictObject({
  format: z.literal(1),
  name,
  relight: printable,
  suite: z.string().regex(/^[a-z]{1,32}$/),
  /** Of its packages, as Debian names it. */
  architecture: z.string().regex(/^[a-z0-9-]{2,20}$/),
  /** Seconds since 1970: the newest time that any file of the image bears (SOURCE_DATE_EPOCH). */
  epoch: size,
  /** SHA-256 of the lock, and of the image's normalised spec with the hashes of its files. */
  lockHash: hash,
  specHash: hash,
  /** What a restore must know of the spec. */
  locale: z.string().max(64),
  packages: z.array(packageSchema),
  /** Files that are setuid or setgid: `mode path`, sorted. */
  privileged: z.array(z.string()),
  filesystem: filesystemSchema,
  chunks: z.array(chunkSchema),
});

/** What an image is made of. It holds no clock and no chance: two bakes of one lock give the same text. */
export type ImageManifest = z.infer<typeof manifestSchema>;
export type ImagePackage = z.infer<typeof packageSchema>;
export type ImageChunk = z.infer<typeof chunkSchema>;
export type BlockRun = readonly [start: number, count: number];

/** The text of a manifest as it is stored and hashed. */
export function serialiseManifest(manifest: ImageManifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest))}\n`;
}

/** SHA-256 of a manifest's text: the image's identity. */
export function hashManifest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Reads a manifest and checks that it agrees with itself. @param place names it in errors @throws Failure RL1501 */
export function parseManifest(text: string, place: string): ImageManifest {
  const parsed = manifestSchema.safeParse(readJson(text));
  if (!parsed.success) throw refuse(place, parsed.error.issues[0]?.message ?? 'not a manifest');
  const { filesystem, chunks } = parsed.data;
  const blocks = filesystem.size / filesystem.blockSize;
  if (!Number.isInteger(blocks)) throw refuse(place, 'its filesystem has no whole number of blocks');
  let sum = 0;
  for (const chunk of chunks) {
    const covered = chunk.runs.reduce((total, [, count]) => total + count, 0) * filesystem.blockSize;
    if (covered !== chunk.size) throw refuse(place, `chunk ${chunk.id} does not fill its blocks`);
    sum += chunk.size;
  }
  if (sum !== filesystem.dataBytes) throw refuse(place, 'its chunks do not add up');
  const runs = [...filesystem.zeroRuns, ...chunks.flatMap((chunk) => chunk.runs)];
  requireApart(runs, blocks, place);
  return parsed.data;
}

/** No block may be written twice or lie outside: a manifest from elsewhere is input like any other. */
function requireApart(runs: BlockRun[], blocks: number, place: string): void {
  let end = 0;
  for (const [start, count] of runs.sort((left, right) => left[0] - right[0])) {
    if (start < end) throw refuse(place, `block ${start} is in it twice`);
    end = start + count;
  }
  if (end > blocks) throw refuse(place, 'a block lies outside of its filesystem');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(place: string, why: string): Failure {
  const issue = makeIssue('RL1501', { place, why });
  return new Failure(EXIT.invalid, issue.code, issue.message, issue.hint);
}
