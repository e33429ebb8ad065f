import { isMap, isScalar, isSeq, type Pair } from 'yaml';
import { hideUrlPassword } from '../report/show-text.ts';
import type { SpecDocument } from './document.ts';
import { measureDistance } from './nearest.ts';

const SECRET_KEYS = ['password', 'passwd', 'passphrase', 'hash', 'secret', 'key'] as const;
/** A line of a preseed whose value is a password. */
const PASSWORD_LINE = /\S[ \t]+password[ \t]/;
const KEY_IN_TEXT = /([A-Za-z_-]{2,20})["']?[ \t]*:/g;
/** Below a secret's key these say where it is, and are no secrets themselves. */
const REFERENCE_KEYS = new Set(['file', 'env']);

/**
 * The text of a document with the values of its secrets replaced by stars of the same length, so that an excerpt in a
 * message or a log never shows one. A mistyped key counts as well; a file that is not YAML is masked line by line.
 */
export function maskSecrets(document: SpecDocument): string {
  const text = hideUrlPassword(document.text);
  if (!mentionsSecret(text)) return text;
  if (document.data === undefined) return maskLines(text);
  const characters = [...text].length === text.length ? [...text] : text.split('');
  maskNode(document.root, false, characters, 0);
  return characters.join('');
}

function mentionsSecret(text: string): boolean {
  return (
    PASSWORD_LINE.test(text) || [...text.matchAll(KEY_IN_TEXT)].some((match) => isSecretKey(match[1] ?? ''))
  );
}

/** Short words need to match exactly: `bash` is not a mistyped `hash`. */
function isSecretKey(key: string): boolean {
  const word = key.toLowerCase();
  return SECRET_KEYS.some(
    (secret) => word === secret || (secret.length > 6 && measureDistance(word, secret) <= 2),
  );
}

function maskNode(node: unknown, isSecret: boolean, characters: string[], depth: number): void {
  if (depth > 64) return;
  if (isMap(node)) {
    for (const pair of node.items as Pair[]) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const isHidden = (isSecret && !REFERENCE_KEYS.has(key)) || isSecretKey(key);
      maskNode(pair.value, isHidden, characters, depth + 1);
    }
  } else if (isSeq(node)) {
    for (const item of node.items) {
      const isLine = isScalar(item) && PASSWORD_LINE.test(String(item.value));
      maskNode(item, isSecret || isLine, characters, depth + 1);
    }
  } else if (isScalar(node) && isSecret && node.range) {
    maskRange(characters, node.range[0], node.range[1]);
  }
}

function maskRange(characters: string[], start: number, end: number): void {
  for (let index = start; index < end; index += 1) if (characters[index] !== '\n') characters[index] = '*';
}

/** Stars from the first secret's key to the end of its line. */
function maskLines(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const found =
        [...line.matchAll(KEY_IN_TEXT)].find((match) => isSecretKey(match[1] ?? '')) ??
        PASSWORD_LINE.exec(line);
      if (found === undefined || found === null) return line;
      const start = found.index + found[0].length;
      return line.slice(0, start) + '*'.repeat(line.length - start);
    })
    .join('\n');
}
