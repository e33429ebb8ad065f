import type { z } from 'zod';
import type { Issue } from '../report/issue.ts';
import { isPlainMap, MAX_ISSUES, type SpecDocument } from './document.ts';
import { explainShapeIssue, type ShapeIssue } from './shape-issues.ts';

export interface CheckedShape<Written> {
  /** What of the document has the right shape: a part with an issue is left out, so that rules can look at the rest. */
  readonly written: Partial<Written>;
  readonly issues: readonly Issue[];
}

/** How deep a wrong value is cut out: 2 for one network or one disk, 1 for a whole key. */
export type CutDepth = (topLevelKey: string) => number;

/** Compares a document with its schema. */
export function checkShape<Written>(
  schema: z.ZodType<Written>,
  document: SpecDocument,
  cutDepth: CutDepth = () => 2,
): CheckedShape<Written> {
  if (document.data === undefined) return { written: {}, issues: [] };
  const parsed = schema.safeParse(document.data);
  if (parsed.success) return { written: parsed.data as Partial<Written>, issues: [] };
  const found = parsed.error.issues as readonly ShapeIssue[];
  const written = structuredClone(document.data) as Record<string, unknown>;
  for (const issue of found) cutOut(written, issue, cutDepth);
  return { written: written as Partial<Written>, issues: dropRepeats(found, document) };
}

function cutOut(written: Record<string, unknown>, issue: ShapeIssue, cutDepth: CutDepth): void {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const parent = path.reduce<unknown>(
      (value, part) => (value as Record<string, unknown> | undefined)?.[part],
      written,
    );
    if (isPlainMap(parent)) for (const key of issue.keys ?? []) delete parent[key];
    return;
  }
  const [top] = path;
  if (top === undefined) return;
  const cut = path.slice(0, cutDepth(top));
  const last = cut.pop();
  const parent = cut.reduce<unknown>(
    (value, part) => (value as Record<string, unknown> | undefined)?.[part],
    written,
  );
  if (last === undefined) return;
  // An entry of a list leaves a gap, so that the others keep their positions: see `entriesOf`.
  if (Array.isArray(parent)) parent[Number(last)] = undefined;
  else if (isPlainMap(parent)) delete parent[last];
}

/** Several checks of one value can fail for one reason. */
function dropRepeats(found: readonly ShapeIssue[], document: SpecDocument): readonly Issue[] {
  const seen = new Set<string>();
  const isWrongType = (issue: ShapeIssue) => issue.code === 'invalid_type';
  const wrong = new Set(found.filter(isWrongType).map(({ path }) => path.join('\0')));
  return (
    found
      // What is no list at all has not too many entries either.
      .filter((issue) => isWrongType(issue) || !wrong.has(issue.path.join('\0')))
      .slice(0, MAX_ISSUES)
      .flatMap((issue) => explainShapeIssue(document, issue, []))
      .filter((issue) => {
        const identity = `${issue.code} ${issue.path} ${issue.message}`;
        if (seen.has(identity)) return false;
        seen.add(identity);
        return true;
      })
  );
}

/** The entries of a list with their positions, without those that were cut out. */
export function entriesOf<Item>(list: readonly Item[] | undefined): readonly (readonly [number, Item])[] {
  return [...(list ?? []).entries()].filter(([, item]) => item !== undefined);
}
