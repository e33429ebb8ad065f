import { refuse, requireMatch } from './refuse.ts';

/** Text that may hold secrets by name; the same shape as a plan's `Content`. */
export type SecretText = string | readonly SecretTextPart[];
export type SecretTextPart = { readonly text: string } | { readonly secret: string };

/** An answer of a preseed. A secret is its whole value. */
export interface PreseedAnswer {
  /** `d-i`, or the package of the installed system that asks. */
  readonly owner: string;
  readonly name: string;
  readonly type: 'boolean' | 'string' | 'select' | 'multiselect' | 'password' | 'note';
  readonly value: string | { readonly secret: string };
  /** The path in the spec that caused it, such as `nics[0].address`; undefined for what every guest gets. */
  readonly path: string | undefined;
}

/**
 * Writes an answer as one physical line that both readers take for the same four fields: single blanks between them,
 * no continuation, nothing that a reader strips (debconf-set-selections(1) and its namesake in the installer differ).
 * @throws Failure RL0901
 */
export function formatAnswer(answer: PreseedAnswer): readonly SecretTextPart[] {
  const owner = requireMatch('an owner', answer.owner, /^[a-z0-9][a-z0-9.+-]*$/, 'd-i or a package');
  const name = requireMatch('a question', answer.name, /^[a-z0-9][A-Za-z0-9._/-]*$/, 'component/question');
  const head = `${owner} ${name} ${answer.type}`;
  if (typeof answer.value !== 'string') return [{ text: `${head} ` }, answer.value, { text: '\n' }];
  const value = requireAnswerValue(name, answer.value);
  return [{ text: value === '' ? `${head}\n` : `${head} ${value}\n` }];
}

/** What a line can carry: one line, no blanks at the ends (they are dropped), no backslash at the end (it continues). */
function requireAnswerValue(name: string, value: string): string {
  const isPlain = !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffd]|\p{Cs}/u.test(value);
  const isKept = !/^\s|\s$|\\$/.test(value);
  return isPlain && isKept
    ? value
    : refuse(
        `the answer to ${name}`,
        value,
        'one line without blanks at its ends and without a backslash at the end',
      );
}

/** Joins neighbouring texts, so that equal contents look equal. */
export function joinText(parts: readonly SecretTextPart[]): SecretText {
  const joined: SecretTextPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last !== undefined && 'text' in last && 'text' in part) {
      joined[joined.length - 1] = { text: last.text + part.text };
    } else {
      joined.push(part);
    }
  }
  const [only] = joined;
  return joined.length === 1 && only !== undefined && 'text' in only ? only.text : joined;
}
