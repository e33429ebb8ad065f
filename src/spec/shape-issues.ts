import { makeIssue, makeIssueByName } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import { isPlainMap, MAX_ISSUES, nameType, type SpecDocument } from './document.ts';
import { suggestDuration } from './duration.ts';
import { formatPath, locateKey, locateValue, readSource, type SpecPath } from './locate.ts';
import { suggestNearest } from './nearest.ts';
import { type RuleReference, readRule } from './rule-text.ts';
import { suggestSize } from './size.ts';
import { suggestTimeZone } from './time-zone.ts';

/** The parts of an issue of the schema library that are used here. */
export interface ShapeIssue {
  readonly code?: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
  readonly issues?: readonly ShapeIssue[];
  readonly errors?: readonly (readonly ShapeIssue[])[];
  readonly discriminator?: string;
  readonly options?: readonly unknown[];
}

/** Turns an issue of the schema library into ours: code, position, wording and hint. */
export function explainShapeIssue(
  document: SpecDocument,
  issue: ShapeIssue,
  prefix: SpecPath,
): readonly Issue[] {
  const path = [...prefix, ...issue.path];
  const value = readValue(document.data, path);
  const reference = readRule(issue.message);
  switch (issue.code) {
    case 'unrecognized_keys':
      return explainUnknownKeys(document, path, issue.keys ?? [], reference);
    case 'invalid_key':
      return (issue.issues ?? []).map((inner) => explainBadKey(document, path, inner));
    case 'invalid_union':
      return explainUnion(document, issue, path, value);
  }
  if (value === undefined && !hasKey(document.data, path)) return [explainMissing(document, path)];
  if (reference !== undefined) return [explainRule(document, path, value, reference)];
  if (issue.code === 'invalid_value') return [explainChoice(document, path, value, issue.values ?? [])];
  if (issue.code === 'invalid_type') return [explainType(document, path, value, issue.expected ?? '')];
  const place = { position: locateValue(document, path), path: formatPath(path) };
  return [makeIssue('RL2011', { value: String(value), detail: issue.message }, place)];
}

function explainUnknownKeys(
  document: SpecDocument,
  path: SpecPath,
  keys: readonly string[],
  reference: RuleReference | undefined,
): readonly Issue[] {
  const known = String(reference?.parameters.keys ?? '').split(' ');
  const map = readValue(document.data, path);
  const free = known.filter((key) => !(isPlainMap(map) && Object.hasOwn(map, key)));
  return keys.slice(0, MAX_ISSUES).map((key) => {
    const suggestion = suggestNearest(key, free, free.length === 0 ? '' : `known keys: ${free.join(', ')}`);
    const keyPath = [...path, key];
    return makeIssue(
      'RL2001',
      { key, suggestion },
      { position: locateKey(document, keyPath), path: formatPath(keyPath) },
    );
  });
}

function explainBadKey(document: SpecDocument, path: SpecPath, inner: ShapeIssue): Issue {
  const place = { position: locateKey(document, path), path: formatPath(path) };
  const value = String(path.at(-1));
  const reference = readRule(inner.message);
  if (reference === undefined) return makeIssue('RL2011', { value, detail: inner.message }, place);
  return makeIssueByName(reference.code, { value, ...reference.parameters }, place);
}

/** Of a choice between types, the branch that the value meant is the one whose own type fits. */
function explainUnion(
  document: SpecDocument,
  issue: ShapeIssue,
  path: SpecPath,
  value: unknown,
): readonly Issue[] {
  if (issue.discriminator !== undefined) {
    if (value === undefined) return [explainMissing(document, path)];
    return [explainChoice(document, path, value, issue.options ?? [])];
  }
  const branches = issue.errors ?? [];
  const isOtherType = (inner: ShapeIssue) => inner.path.length === 0 && inner.code === 'invalid_type';
  const meant = branches.filter((branch) => !branch.some(isOtherType));
  const maps = isPlainMap(value) ? meant.filter((branch) => !branch.some(isChoice)) : meant;
  const branch = maps[0] ?? meant[0] ?? branches[0] ?? [];
  return branch.flatMap((inner) => explainShapeIssue(document, inner, path));
}

function isChoice(inner: ShapeIssue): boolean {
  return inner.path.length === 0 && inner.code === 'invalid_value';
}

function explainMissing(document: SpecDocument, path: SpecPath): Issue {
  const parent = path.slice(0, -1);
  const position = locateKey(document, parent);
  return makeIssue(
    'RL2002',
    { key: String(path.at(-1)), suggestion: '' },
    { position, path: formatPath(path) },
  );
}

/** Codes whose hint depends on what was written. */
const SUGGESTIONS: Readonly<Record<string, (text: string) => string>> = {
  RL2102: suggestSize,
  RL2138: suggestDuration,
  RL2139: suggestTimeZone,
};

function explainRule(
  document: SpecDocument,
  path: SpecPath,
  value: unknown,
  reference: RuleReference,
): Issue {
  const place = { position: locateValue(document, path), path: formatPath(path) };
  const source = readSource(document, path);
  const shown = typeof value === 'string' ? quoteIfNumber(value, reference) : (source ?? nameType(value));
  const suggestion = SUGGESTIONS[reference.code]?.(shown) ?? '';
  return makeIssueByName(reference.code, { value: shown, suggestion, ...reference.parameters }, place);
}

/** `not 2` would puzzle whoever wrote vcpus: "2". */
function quoteIfNumber(value: string, reference: RuleReference): string {
  return reference.code === 'RL2008' ? `the text "${value}"` : value;
}

function explainChoice(
  document: SpecDocument,
  path: SpecPath,
  value: unknown,
  values: readonly unknown[],
): Issue {
  const place = { position: locateValue(document, path), path: formatPath(path) };
  const choices = values.map(String);
  const written = typeof value === 'string' ? value : readSource(document, path);
  if (written === undefined) return explainType(document, path, value, 'string');
  const suggestion = suggestNearest(written, choices);
  return makeIssue('RL2005', { value: written, choices: choices.join(', '), suggestion }, place);
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function explainType(document: SpecDocument, path: SpecPath, value: unknown, expected: string): Issue {
  const place = { position: locateValue(document, path), path: formatPath(path) };
  const source = readSource(document, path);
  const isBare = typeof value === 'number' || typeof value === 'boolean';
  if (expected === 'string' && isBare && source !== undefined) {
    return makeIssue('RL2004', { source, found: `the ${typeof value} ${String(value)}` }, place);
  }
  const parameters = { expected: TYPE_NAMES[expected] ?? expected, found: nameType(value) };
  return makeIssue('RL2003', { ...parameters, suggestion: suggestType(value, expected) }, place);
}

function suggestType(value: unknown, expected: string): string {
  if (value === null) return 'give it a value, or leave the key out';
  if (expected === 'boolean')
    return typeof value === 'string'
      ? 'write true or false, without quotes (yes and no are text in YAML 1.2)'
      : '';
  if (expected === 'array') return isPlainMap(value) ? 'start each entry with "- "' : 'write it as [ ... ]';
  if ((expected === 'int' || expected === 'number') && typeof value === 'string')
    return 'write the number without quotes';
  return '';
}

function readValue(data: unknown, path: SpecPath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    data,
  );
}

function hasKey(data: unknown, path: SpecPath): boolean {
  const parent = readValue(data, path.slice(0, -1));
  const last = path.at(-1);
  return last === undefined || (typeof parent === 'object' && parent !== null && Object.hasOwn(parent, last));
}
