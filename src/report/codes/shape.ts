import type { CodeEntry } from './entry.ts';

/** RL20xx: keys and types, whatever the key is. */
export const SHAPE_CODES = {
  RL2001: { title: 'Unknown key', message: 'the key "{key}" is not known here', hint: '{suggestion}' },
  RL2002: { title: 'Missing key', message: 'the key "{key}" is required', hint: '{suggestion}' },
  RL2003: { title: 'Wrong type', message: 'this must be {expected}, not {found}', hint: '{suggestion}' },
  RL2004: {
    title: 'Text without quotes',
    message: 'this must be text, but YAML reads {source} as {found}',
    hint: 'put it in quotes: "{source}"',
  },
  RL2005: {
    title: 'Not one of the choices',
    message: '"{value}" is not one of {choices}',
    hint: '{suggestion}',
  },
  RL2006: { title: 'Exactly one of', message: 'exactly one of these keys is required: {choices}' },
  RL2007: {
    title: 'Unknown format version',
    message: 'the format version must be 1, not {value}',
    hint: 'a site written for a newer relight needs that relight',
  },
  RL2008: { title: 'Number out of range', message: 'this must be a whole number {range}, not {value}' },
  RL2009: { title: 'Too long', message: 'this must not have more than {limit} entries' },
  RL2011: { title: 'Invalid value', message: 'the value "{value}" is not valid: {detail}' },
} as const satisfies Record<string, CodeEntry>;
