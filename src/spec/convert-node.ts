import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import type { SpecDocument } from './document.ts';
import { positionOfNode } from './position.ts';
import { MAX_DEPTH } from './text-rules.ts';

const MAX_VALUES = 100_000;

/** Thrown, within this folder only, when a document cannot be converted at all. */
export class NodeProblem extends Error {
  readonly issue: Issue;
  constructor(issue: Issue) {
    super(issue.message);
    this.issue = issue;
  }
}

interface Conversion {
  readonly document: SpecDocument;
  readonly report: (issue: Issue) => void;
  values: number;
  /** The anchors so far. The library's own lookup walks the whole document for each alias. */
  readonly anchors: Map<string, unknown>;
  /** The outermost alias that is being followed: the place to blame for what it expands to. */
  alias: unknown;
}

/**
 * Converts the nodes of a document to plain data. Unlike the library's own conversion it finds duplicate keys in linear
 * time, and it counts every value that an alias repeats, so that an alias bomb ends early.
 *
 * @throws NodeProblem when there are too many values, too deep nesting, or an alias without an anchor
 */
export function convertNode(document: SpecDocument, report: (issue: Issue) => void): unknown {
  return convert({ document, report, values: 0, anchors: new Map(), alias: undefined }, document.root, 0);
}

function convert(state: Conversion, node: unknown, depth: number): unknown {
  state.values += 1;
  if (state.values > MAX_VALUES) fail(state, node, 'RL1011', { limit: MAX_VALUES });
  if (depth > MAX_DEPTH) fail(state, node, 'RL1012', { limit: MAX_DEPTH });
  if (isAlias(node)) {
    const target = state.anchors.get(node.source);
    if (target === undefined) fail(state, node, 'RL1014', { value: node.source });
    const outer = state.alias;
    state.alias ??= node;
    const value = convert(state, target, depth + 1);
    state.alias = outer;
    return value;
  }
  rememberAnchor(state, node);
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => convert(state, item, depth + 1));
  if (isMap(node)) return convertMap(state, node, depth);
  return null;
}

/** A later anchor of the same name replaces the earlier one (YAML 1.2.2, 6.9.2), but not while an alias is followed. */
function rememberAnchor(state: Conversion, node: unknown): void {
  const anchor = (node as { anchor?: string | undefined } | null | undefined)?.anchor;
  if (anchor !== undefined && state.alias === undefined) state.anchors.set(anchor, node);
}

function convertMap(state: Conversion, map: YAMLMap, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const firstNodes = new Map<string, Node>();
  for (const pair of map.items as Pair<unknown, unknown>[]) {
    const key = pair.key;
    rememberAnchor(state, key);
    if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number')) {
      state.report(makeIssue('RL1013', {}, { position: positionOfNode(state.document, key ?? map) }));
      continue;
    }
    const name = String(key.value);
    const first = firstNodes.get(name);
    if (first !== undefined) {
      const firstPosition = positionOfNode(state.document, first);
      const parameters = { key: name, line: firstPosition.line };
      const related = [{ position: firstPosition, message: 'the first' }];
      state.report(
        makeIssue('RL1007', parameters, { position: positionOfNode(state.document, key), related }),
      );
      continue;
    }
    firstNodes.set(name, key);
    if (name === '__proto__') {
      // As a property it would be the prototype: a schema never sees it.
      const position = positionOfNode(state.document, key);
      state.report(makeIssue('RL2001', { key: name, suggestion: '' }, { position }));
      continue;
    }
    result[name] = convert(state, pair.value, depth + 1);
  }
  return result;
}

function fail(
  state: Conversion,
  node: unknown,
  code: 'RL1011' | 'RL1012' | 'RL1014',
  parameters: object,
): never {
  const place = { position: positionOfNode(state.document, state.alias ?? node) };
  throw new NodeProblem(makeIssue(code, parameters as { limit: number; value: string }, place));
}
