import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseXlConfig, readXlList, readXlText } from '../../../src/render/parse-xl-config.ts';
import { Failure } from '../../../src/report/failure.ts';
import { hostileText } from './samples.ts';

const read = (text: string) => Object.fromEntries(parseXlConfig(text));

// Each row was given to xlu_cfg_readdata of Xen 4.17 too, with the same outcome, but for octal escapes: xl drops them.
test.each([
  ['empty', '', {}],
  ['last line without a newline', 'a = "x"', { a: 'x' }],
  ['single quotes', 'a = \'x "y"\'', { a: 'x "y"' }],
  ['the known escapes', 'a = "\\"\\\'\\\\\\n\\t"\n', { a: '"\'\\\n\t' }],
  ['a raw tab inside a string', 'a = "x\ty"\n', { a: 'x\ty' }],
  ['semicolons', 'a=1;b=2;', { a: 1, b: 2 }],
  ['the last of two keys', 'a=1\na=2\n', { a: 2 }],
  ['+= on strings', 'a="x"\na+="y"\n', { a: 'xy' }],
  ['+= on lists', 'a=["x"]\na+=["y"]\n', { a: ['x', 'y'] }],
  ['+= on nothing', 'a+="y"\n', { a: 'y' }],
  ['lists over lines, with comments and a trailing comma', 'a = [ # one\n"x",\n"y",\n]\n', { a: ['x', 'y'] }],
  ['nested lists', 'a = [["x"], []]\n', { a: [['x'], []] }],
  ['hexadecimal and octal numbers', 'a=0x1f\nb=017\nc=0\n', { a: 31, b: 15, c: 0 }],
  ['a word that only begins like a number', 'a=12ab\n', { a: '12ab' }],
  ['a comment after a value', 'a=1 # one\n', { a: 1 }],
  ['eight-bit characters in a string', 'a="é"\n', { a: 'é' }],
] as [string, string, Record<string, unknown>][])('reads %s', (_, text, settings) => {
  expect(read(text)).toEqual(settings);
});

test.each([
  ['an upper-case key', 'a=1\nB=2\n', /line 2: keys are lower case/],
  ['upper-case hexadecimal', 'a=0X1F\n', /line 1/],
  ['a comment without its newline', 'a=1\n# end', /line 2: a comment must end with a newline/],
  ['carriage returns', 'a=1\r\n', /line 1: lines end with a newline alone/],
  ['a byte order mark', '\ufeffa=1\n', /line 1/],
  ['an open string', 'a="x\nb=1\n', /line 1: a string must end on its line/],
  ['\\x', 'a="\\x41"\n', /escape \\x is not known/],
  ['octal escapes', 'a="\\101"\n', /escape \\1 is not known/],
  ['two statements on a line', 'a=1 b=2\n', /a statement ends with its line/],
  ['an open list', 'a=["x"\n', /a list needs , or \]/],
  ['a comma alone', 'a=[,]\n', /a value is wanted/],
  ['a semicolon in a list', 'a=["x";]\n', /a list needs , or \]/],
  ['a missing value', 'a=\n', /a value is wanted/],
  ['a value before the key', '"x"=1\n', /a key is wanted/],
  ['Python', 'import os\n', /import needs =/],
  ['+= of a string and a list', 'a="x"\na+=["y"]\n', /line 2: \+= joins/],
  ['eight-bit characters outside a string', 'é=1\n', /line 1: unexpected character/],
])('refuses %s', (_, text, message) => {
  expect(() => parseXlConfig(text)).toThrow(message);
});

test('any text is read or refused by a Failure', () => {
  const piece = fc.constantFrom('a', '=', '+=', '"x"', '[', ']', ',', '\n', ';', '# c\n', '1', '\\', '"');
  const text = fc.oneof(
    hostileText,
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        expect(parseXlConfig(given)).toBeInstanceOf(Map);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }),
  );
});

test('settings are read as xl takes them', () => {
  const settings = parseXlConfig('name = "a"\nmemory = 512\ndisk = "one"\nvif = ["x", ["deep"], "y"]\n');
  expect(readXlText(settings, 'memory')).toBe('512');
  expect(readXlText(settings, 'vif')).toBeUndefined();
  expect(readXlText(settings, 'absent')).toBeUndefined();
  expect(readXlList(settings, 'disk')).toEqual(['one']);
  expect(readXlList(settings, 'vif')).toEqual(['x', 'y']);
  expect(readXlList(settings, 'absent')).toEqual([]);
});
