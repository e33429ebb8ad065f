import { statSync } from 'node:fs';
import type { Content } from '../plan/types.ts';
import { EXIT, Failure } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import type { SecretReference } from '../spec/types.ts';
import { readTextFile } from './files.ts';

/** The values of a run's secrets. They exist in memory only, from `readSecrets` to the end of the process. */
export interface SecretStore {
  /** The value of a name. @throws when the plan uses a name that was never read */
  get(name: string): string;
  /** Puts the values into content. The result goes to standard input or into a 0600 file, and nowhere else. */
  resolve(content: Content): string;
  /** Adds a value that came up during the run, such as the hash of a password. */
  add(name: string, value: string): void;
  /** Replaces every known value, and the usual encodings of it. */
  redact(text: string): string;
}

/** Shorter values are not worth hiding, and hiding them would tear ordinary words apart. */
const SHORTEST = 4;
const MASK = '[secret]';

/** @throws Failure when a secret's file or variable is missing, empty, or readable by others */
export function readSecrets(
  references: ReadonlyMap<string, SecretReference>,
  environment: Readonly<Record<string, string | undefined>>,
): SecretStore {
  const store = createSecretStore();
  for (const [name, reference] of references) store.add(name, readSecret(name, reference, environment));
  return store;
}

export function createSecretStore(values: Readonly<Record<string, string>> = {}): SecretStore {
  const known = new Map<string, string>();
  let patterns: string[] = [];
  const store: SecretStore = {
    get: (name) => {
      const value = known.get(name);
      if (value === undefined) throw new Error(`the secret ${name} was not read`);
      return value;
    },
    resolve: (content) => {
      if (typeof content === 'string') return content;
      return content.map((part) => ('text' in part ? part.text : store.get(part.secret))).join('');
    },
    add: (name, value) => {
      known.set(name, value);
      // The longest first, so that a value that holds another one is hidden whole.
      patterns = [...new Set([...known.values()].flatMap(listEncodings))].sort((a, b) => b.length - a.length);
    },
    redact: (text) => patterns.reduce((result, pattern) => result.replaceAll(pattern, MASK), text),
  };
  for (const [name, value] of Object.entries(values)) store.add(name, value);
  return store;
}

/** A value as it may come up in output: line by line, in base64, inside JSON, inside a URL. */
function listEncodings(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= 2 * SHORTEST);
  return [value, ...lines]
    .flatMap((text) => {
      const bytes = Buffer.from(text, 'utf8');
      // Whole groups of three bytes only: their base64 is the same whatever follows.
      const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
      return [
        text,
        bytes.toString('base64'),
        bytes.toString('base64url'),
        whole.toString('base64'),
        whole.toString('base64url'),
        JSON.stringify(text).slice(1, -1),
        encodeURIComponent(text),
      ];
    })
    .filter((text) => text.length >= SHORTEST);
}

function readSecret(
  name: string,
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (reference.kind === 'hash') return reference.hash;
  const value =
    reference.kind === 'env' ? (environment[reference.name] ?? '') : readSecretFile(name, reference.path);
  if (value !== '') return reference.oneLine === true ? requireOneLine(name, value) : value;
  const source = reference.kind === 'env' ? `the variable ${reference.name}` : reference.path;
  throw new Failure(EXIT.invalid, 'RL0640', `the secret ${name} is empty: ${source} has no value`);
}

function requireOneLine(name: string, value: string): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/.test(value)) return value;
  throw makeFailure(EXIT.invalid, 'RL1220', { name });
}

function readSecretFile(name: string, path: string): string {
  const text = readTextFile(path, 64 * 1024).replace(/\r?\n$/, '');
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0) return text;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  const message = `the secret ${name} can be read by others: ${path} has mode ${octal}`;
  throw new Failure(EXIT.invalid, 'RL0641', message, `chmod 600 ${path}`);
}
