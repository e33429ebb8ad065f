import { z } from 'zod';
import { makeIssue } from '../report/codes.ts';
import { EXIT, Failure } from '../report/failure.ts';

const entrySchema = z.strictObject({
  name: z.string().regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  /** SHA-256 of the manifest's text. */
  manifest: z.string().regex(/^[0-9a-f]{64}$/),
  /** ISO 8601, when it came into this store. */
  added: z.iso.datetime(),
});
const indexSchema = z.strictObject({ format: z.literal(1), images: z.array(entrySchema) });

/** What a store holds: of each name the newest first. A name without a hash means the newest. */
export type StoreIndex = z.infer<typeof indexSchema>;
export type StoreEntry = z.infer<typeof entrySchema>;

export const EMPTY_INDEX: StoreIndex = { format: 1, images: [] };

/** How many generations of a name a store lists. */
const KEPT_GENERATIONS = 2;

export function serialiseIndex(index: StoreIndex): string {
  return `${JSON.stringify(indexSchema.parse(index), undefined, 2)}\n`;
}

/** @throws Failure RL1502 */
export function parseIndex(text: string, place: string): StoreIndex {
  try {
    return indexSchema.parse(JSON.parse(text));
  } catch {
    const issue = makeIssue('RL1502', { place });
    throw new Failure(EXIT.invalid, issue.code, issue.message, issue.hint);
  }
}

/** The index with the newest image of each name alone. */
export function dropOlder(index: StoreIndex): StoreIndex {
  const seen = new Set<string>();
  const images = index.images.filter(({ name }) => !seen.has(name) && seen.add(name));
  return { format: 1, images };
}

/** The index with a new entry at the head of its name. The same manifest is listed once; old generations go. */
export function addEntry(index: StoreIndex, entry: StoreEntry): StoreIndex {
  const isSame = (each: StoreEntry) => each.name === entry.name && each.manifest === entry.manifest;
  const others = index.images.filter((each) => each.name !== entry.name);
  const own = index.images.filter((each) => each.name === entry.name && !isSame(each));
  const kept = [entry, ...own].slice(0, KEPT_GENERATIONS);
  const images = [...others, ...kept].sort((left, right) =>
    left.name < right.name ? -1 : left.name > right.name ? 1 : 0,
  );
  return { format: 1, images };
}
