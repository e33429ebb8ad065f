import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EXIT } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';

const text = z.string().regex(/^[\x21-\x7e]{1,500}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const url = z.string().regex(/^(?:https?|file|copy):\/\/[\x21-\x7e]{1,400}$/);

const sourceSchema = z.strictObject({
  url,
  suite: text,
  components: z.array(text),
  /** Seconds since 1970, and SHA-256, of the Release file that was true then. */
  date: z.number().int().nonnegative(),
  release: hash,
});

const lockedSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/),
  version: z.string().regex(/^[A-Za-z0-9.+:~-]+$/),
  architecture: z.enum(['amd64', 'all']),
  sha256: hash,
  size: z.number().int().positive(),
  /** Which of the sources it came from, and where it lay below that source's URL. */
  source: z.number().int().nonnegative(),
  path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9/._+~%-]*\.deb$/),
});

const lockSchema = z.strictObject({
  format: z.literal(1),
  suite: z.string().regex(/^[a-z]{1,32}$/),
  architecture: z.literal('amd64'),
  /** The packages that were asked for, sorted. */
  request: z.array(text),
  sources: z.array(sourceSchema).min(1),
  packages: z.array(lockedSchema).min(1),
});

/** What an image is baked from: every package with version and hash, and the state of the mirrors that gave it. */
export type ImageLock = z.infer<typeof lockSchema>;
export type LockedPackage = z.infer<typeof lockedSchema>;
export type LockSource = z.infer<typeof sourceSchema>;

/** One package a line, so that a version control system shows what changed. */
export function serialiseLock(lock: ImageLock): string {
  const { packages, sources, ...head } = lockSchema.parse(lock);
  const lines = (items: readonly object[]) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
  const start = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`,
  );
  return [
    '{',
    ...start,
    `  "sources": [\n${lines(sources)}\n  ],`,
    `  "packages": [\n${lines(packages)}\n  ]`,
    '}\n',
  ].join('\n');
}

/** @throws Failure RL1520 */
export function parseLock(content: string, place: string): ImageLock {
  try {
    const lock = lockSchema.parse(JSON.parse(content));
    if (lock.packages.every((each) => each.source < lock.sources.length)) return lock;
  } catch {
    // Said below, whatever it was.
  }
  throw makeFailure(EXIT.invalid, 'RL1520', { place });
}

export function hashLock(lock: ImageLock): string {
  return createHash('sha256').update(serialiseLock(lock)).digest('hex');
}

/** The time of an image: that of its newest source. */
export function readEpoch(lock: ImageLock): number {
  return Math.max(...lock.sources.map((source) => source.date));
}

/** A package that differs between two locks. */
export interface LockChange {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether the new version came from the security archive. */
  readonly security: boolean;
}

/** What changed from one lock to the next, by name. */
export function compareLocks(before: ImageLock, after: ImageLock): LockChange[] {
  const old = new Map(before.packages.map((each) => [each.name, each]));
  const now = new Map(after.packages.map((each) => [each.name, each]));
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.flatMap((name) => {
    const [left, right] = [old.get(name), now.get(name)];
    if (left?.version === right?.version && left?.sha256 === right?.sha256) return [];
    const source = right === undefined ? undefined : after.sources[right.source];
    const security = source !== undefined && /-security$/.test(source.suite);
    return [{ name, before: left?.version, after: right?.version, security }];
  });
}
