import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseXlConfig } from '../../../src/render/parse-xl-config.ts';
import { encodeXlSetting, encodeXlValue, type XlValue } from '../../../src/render/xl-value.ts';
import { Failure } from '../../../src/report/failure.ts';
import { hostileText } from './samples.ts';

const hasSpelling = (text: string) => !/[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(text);
const key = fc.stringMatching(/^[a-z][a-z0-9_.]{0,8}$/);
const plainValue: fc.Arbitrary<XlValue> = fc.oneof(hostileText.filter(hasSpelling), fc.nat());
const value = fc.oneof(plainValue, fc.array(fc.oneof(plainValue, fc.array(plainValue))));

test('what is written parses back to what was given', () => {
  fc.assert(
    fc.property(fc.dictionary(key, value), (settings) => {
      const text = Object.entries(settings)
        .map(([name, each]) => encodeXlSetting(name, each))
        .join('');
      expect(Object.fromEntries(parseXlConfig(text))).toEqual({ ...settings });
    }),
  );
});

test('a string is written on one line, with \\ and " as the only escapes, or refused', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      if (!hasSpelling(text)) {
        expect(() => encodeXlValue(text)).toThrow(Failure);
        return;
      }
      const inner = encodeXlValue(text).slice(1, -1);
      expect(inner).not.toMatch(/[\n\r]/);
      expect(inner.replaceAll(/\\[\\"]/g, '')).not.toMatch(/[\\"]/);
    }),
  );
});

test.each([
  ['a "b" \'c\'', '"a \\"b\\" \'c\'"'],
  ['back\\slash', '"back\\\\slash"'],
  ['# ; , $HOME', '"# ; , $HOME"'],
  [512, '512'],
  [[], '[]'],
  [['a', ['b']], '[ "a", [ "b" ] ]'],
] as [XlValue, string][])('%j is spelled %s', (given, spelling) => {
  expect(encodeXlValue(given)).toBe(spelling);
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('the number %d is refused', (number) => {
  expect(() => encodeXlValue(number)).toThrow(/number of an xl configuration/);
});

test.each(['Name', '1a', 'a b', 'a=1', ''])('the key %j is refused', (name) => {
  expect(() => encodeXlSetting(name, 1)).toThrow(/key of an xl configuration/);
});
