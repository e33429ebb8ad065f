import { isAlias, isMap, isScalar, isSeq, type Pair } from 'yaml';
import type { Position } from '../report/issue.ts';
import type { SpecDocument } from './document.ts';
import { positionOfNode } from './position.ts';

/** Keys and indexes that lead to a value, such as ['disks', 'root', 'size']. */
export type SpecPath = readonly (string | number)[];

/** Where a value of a document is; where a part of the path is missing, the nearest map above it. */
export function locateValue(document: SpecDocument, path: SpecPath): Position {
  const step = walk(document, path);
  // A map or list over several lines is shown by its key: a caret under `{` says less.
  const isBlock = (isMap(step.value) || isSeq(step.value)) && step.value.flow !== true;
  return positionOfNode(document, isBlock || step.value === null ? (step.key ?? step.value) : step.value);
}

/** Where the key of a value is. */
export function locateKey(document: SpecDocument, path: SpecPath): Position {
  const step = walk(document, path);
  return positionOfNode(document, step.key ?? step.value);
}

/** How the value at a path was written, for example `0644` where YAML reads the number 644. */
export function readSource(document: SpecDocument, path: SpecPath): string | undefined {
  const { value, complete } = walk(document, path);
  return complete && isScalar(value) ? value.source : undefined;
}

/** Writes a path as in `users[0].name`. */
export function formatPath(path: SpecPath): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}

interface Step {
  readonly key: unknown;
  readonly value: unknown;
  readonly complete: boolean;
}

function walk(document: SpecDocument, path: SpecPath): Step {
  let step: Step = { key: undefined, value: document.root, complete: true };
  for (const part of path) {
    const node = isAlias(step.value) && document.yaml ? step.value.resolve(document.yaml) : step.value;
    const next = enter(node, part);
    if (next === undefined) return { ...step, complete: false };
    step = next;
  }
  return step;
}

function enter(node: unknown, part: string | number): Step | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const value = node.items[part];
    return value === undefined ? undefined : { key: undefined, value, complete: true };
  }
  if (!isMap(node)) return undefined;
  const isWanted = (pair: Pair) => isScalar(pair.key) && String(pair.key.value) === String(part);
  const pair = (node.items as Pair[]).find(isWanted);
  return pair === undefined ? undefined : { key: pair.key, value: pair.value, complete: true };
}
