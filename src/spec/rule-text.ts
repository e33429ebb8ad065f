import { z } from 'zod';
import type { Code } from '../report/codes.ts';

/**
 * A schema says which code a broken rule has by its message: a code and what its texts need, as JSON.
 * `shape-issues.ts` reads it back and adds value, position and hint.
 */
export interface RuleReference {
  readonly code: Code;
  readonly parameters: Readonly<Record<string, string | number>>;
}

export function rule(code: Code, parameters: RuleReference['parameters'] = {}): string {
  return JSON.stringify({ code, parameters } satisfies RuleReference);
}

/** Reads what `rule` wrote; undefined for a message of the schema library itself. */
export function readRule(message: string): RuleReference | undefined {
  return message.startsWith('{"code":') ? (JSON.parse(message) as RuleReference) : undefined;
}

/** Text that must match a pattern. */
export function text(pattern: RegExp, code: Code) {
  return z.string().regex(pattern, { error: rule(code), abort: true });
}

/** A whole number within limits, both included. */
export function wholeNumber(minimum: number, maximum: number) {
  const error = rule('RL2008', { range: `from ${minimum} to ${maximum}` });
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

export function list<Item extends z.ZodType>(item: Item, limit: number) {
  return z.array(item).max(limit, { error: rule('RL2009', { limit }) });
}

/** A map whose keys are all known; a key that is not gets a hint from the known ones. */
export function map<Shape extends z.ZodRawShape>(shape: Shape, wrongType?: string) {
  const unknownKey = rule('RL2001', { keys: Object.keys(shape).join(' ') });
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownKey : issue.code === 'invalid_type' ? wrongType : undefined,
  });
}

/** A map that holds exactly one of some keys. The choice is in the published schema, too. */
export function oneOf<Shape extends z.ZodRawShape>(
  shape: Shape,
  keys: readonly (keyof Shape & string)[],
  wrongType?: string,
) {
  return map(shape, wrongType)
    .refine((value) => keys.filter((key) => Object.hasOwn(value, key)).length === 1, {
      error: rule('RL2006', { choices: keys.join(', ') }),
    })
    .meta({ oneOf: keys.map((key) => ({ required: [key] })) });
}
