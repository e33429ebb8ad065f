import { EXIT, Failure } from '../report/failure.ts';

/** A word of an xl configuration. Newlines and `;` both end a statement, but only a newline may stand inside a list. */
export type XlToken =
  | { readonly kind: 'key' | 'number' | 'string'; readonly text: string; readonly line: number }
  | {
      readonly kind: 'sign';
      readonly text: '=' | '+=' | '[' | ']' | ',' | ';' | '\n';
      readonly line: number;
    };

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** One pattern a token, tried in this order at each position, as in libxlu_cfg_l.l of Xen 4.17 and 4.20. */
const RULES: readonly (readonly [XlToken['kind'] | 'skip' | 'comment', RegExp])[] = [
  ['skip', /[ \t]+/y],
  ['comment', /#[^\n]*\n/y],
  ['key', /[a-z][._0-9a-z]*/y],
  ['number', /[0-9][0-9a-fx]*/y],
  ['string', /'(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\\n]|\\[^\n])*"/y],
  ['sign', /\+=|[=[\],;\n]/y],
];

/** @throws Failure RL0902 for the first byte that xl's own lexer would not take, with its line. */
export function lexXlConfig(text: string): XlToken[] {
  const tokens: XlToken[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const found = matchAt(text, at);
    if (found === undefined) failXl(line, describeProblem(text, at));
    const { kind, word } = found;
    if (kind === 'comment') tokens.push({ kind: 'sign', text: '\n', line });
    else if (kind === 'string') tokens.push({ kind, text: unquote(word, line), line });
    else if (kind !== 'skip') tokens.push({ kind, text: word, line } as XlToken);
    if (word.endsWith('\n')) line += 1;
    at += word.length;
  }
  return tokens;
}

/** @throws Failure RL0902, always. */
export function failXl(line: number, problem: string): never {
  throw new Failure(EXIT.invalid, 'RL0902', `not an xl configuration: line ${line}: ${problem}`);
}

function matchAt(text: string, at: number) {
  for (const [kind, pattern] of RULES) {
    pattern.lastIndex = at;
    const word = pattern.exec(text)?.[0];
    if (word !== undefined) return { kind, word };
  }
  return undefined;
}

/** `\x` and octal escapes are refused: xl swallows their digits and emits nothing. */
function unquote(word: string, line: number): string {
  return word.slice(1, -1).replace(/\\(.)/gs, (spelling, letter: string) => {
    return ESCAPES[letter] ?? failXl(line, `the escape ${spelling} is not known`);
  });
}

function describeProblem(text: string, at: number): string {
  const character = text[at] ?? '';
  if (character === '#') return 'a comment must end with a newline';
  if (character === '"' || character === "'") return 'a string must end on its line';
  if (character === '\r') return 'lines end with a newline alone, not with a carriage return';
  if (/[A-Z]/.test(character)) return 'keys are lower case';
  return `unexpected character ${JSON.stringify(character)}`;
}
