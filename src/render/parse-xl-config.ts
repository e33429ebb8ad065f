import { failXl, lexXlConfig, type XlToken } from './xl-lexer.ts';
import type { XlValue } from './xl-value.ts';

/** The settings of an xl configuration in the order of their last assignment. */
export type XlSettings = ReadonlyMap<string, XlValue>;

/**
 * Reads an xl configuration as `xl create` does (libxlu_cfg_y.y): the last of two equal keys wins, `+=` joins strings
 * and lists, and there is no Python in it.
 * @throws Failure RL0902 with the line, where xl would refuse the file.
 */
export function parseXlConfig(text: string): XlSettings {
  const reader = new TokenReader(lexXlConfig(text));
  const settings = new Map<string, XlValue>();
  while (reader.peek() !== undefined) {
    if (reader.takeSign('\n') || reader.takeSign(';')) continue;
    readAssignment(reader, settings);
    const next = reader.peek();
    if (next === undefined) break;
    if (!reader.takeSign('\n') && !reader.takeSign(';'))
      failXl(next.line, 'a statement ends with its line or with ;');
  }
  return settings;
}

/** Text of a setting, or undefined when it is absent or a list. Numbers are given as text. */
export function readXlText(settings: XlSettings, key: string): string | undefined {
  const value = settings.get(key);
  return typeof value === 'object' || value === undefined ? undefined : String(value);
}

/** The strings of a list setting; a lone string counts as a list of one, as for xl's `disk` and `vif`. */
export function readXlList(settings: XlSettings, key: string): string[] {
  const value = settings.get(key) ?? [];
  const entries = typeof value === 'object' ? value : [value];
  return entries.flatMap((entry) => (typeof entry === 'object' ? [] : [String(entry)]));
}

class TokenReader {
  private at = 0;
  private readonly tokens: readonly XlToken[];
  constructor(tokens: readonly XlToken[]) {
    this.tokens = tokens;
  }
  peek(): XlToken | undefined {
    return this.tokens[this.at];
  }
  next(wanted: string): XlToken {
    const token = this.tokens[this.at] ?? failXl(this.tokens.at(-1)?.line ?? 1, `${wanted} is missing`);
    this.at += 1;
    return token;
  }
  takeSign(text: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'sign' || token.text !== text) return false;
    this.at += 1;
    return true;
  }
  skipNewlines(): void {
    while (this.takeSign('\n'));
  }
}

function readAssignment(reader: TokenReader, settings: Map<string, XlValue>): void {
  const key = reader.next('a key');
  if (key.kind !== 'key') failXl(key.line, `a key is wanted, not ${JSON.stringify(key.text)}`);
  const sign = reader.next('=');
  if (sign.kind !== 'sign' || (sign.text !== '=' && sign.text !== '+='))
    failXl(sign.line, `${key.text} needs = or +=`);
  const value = readValue(reader);
  const before = settings.get(key.text);
  settings.delete(key.text);
  settings.set(key.text, sign.text === '+=' && before !== undefined ? join(before, value, sign.line) : value);
}

function readValue(reader: TokenReader): XlValue {
  const token = reader.next('a value');
  if (token.kind === 'string') return token.text;
  if (token.kind === 'number') return readNumber(token.text);
  if (token.kind === 'sign' && token.text === '[') return readList(reader);
  return failXl(token.line, `a value is wanted, not ${JSON.stringify(token.text)}`);
}

function readList(reader: TokenReader): XlValue[] {
  const values: XlValue[] = [];
  reader.skipNewlines();
  while (!reader.takeSign(']')) {
    values.push(readValue(reader));
    reader.skipNewlines();
    const next = reader.peek();
    if (reader.takeSign(',')) reader.skipNewlines();
    else if (next?.kind !== 'sign' || next.text !== ']') failXl(next?.line ?? 1, 'a list needs , or ]');
  }
  return values;
}

/** xl keeps a number as text and reads it with strtoul(base 0) when it needs it: what is no number stays text. */
function readNumber(text: string): XlValue {
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  const value = /^(0x[0-9a-f]+|[1-9][0-9]*|0)$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : text;
}

function join(before: XlValue, value: XlValue, line: number): XlValue {
  if (typeof before === 'object' && typeof value === 'object') return [...before, ...value];
  if (typeof before === 'object' || typeof value === 'object')
    failXl(line, '+= joins two strings or two lists');
  return `${before}${value}`;
}
