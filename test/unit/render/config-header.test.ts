import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ConfigHeader,
  parseConfigHeader,
  renderConfigHeader,
} from '../../../src/render/config-header.ts';
import { Failure } from '../../../src/report/failure.ts';
import { HEADER, hostileText } from './samples.ts';

test('a header reads back, with and without the nonce', () => {
  for (const header of [HEADER, { ...HEADER, nonce: 'ab'.repeat(16) }, { ...HEADER, volumes: [] }]) {
    expect(parseConfigHeader(renderConfigHeader(header))).toEqual(header);
  }
});

test('a hostile field is refused or comes back as it was, and stays on its line', () => {
  const field = fc.constantFrom<keyof ConfigHeader>(
    'guest',
    'operation',
    'specHash',
    'relight',
    'volumes',
    'nonce',
  );
  fc.assert(
    fc.property(field, hostileText, (name, text) => {
      const header = { ...HEADER, [name]: name === 'volumes' ? [text] : text } as ConfigHeader;
      let written: string;
      try {
        written = renderConfigHeader(header);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        return;
      }
      expect(written.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true);
      expect(parseConfigHeader(written)).toEqual(header);
    }),
  );
});

test.each(['', 'name = "web1"\n', '# a comment\nname = "web1"\n', 'x = 1\n# relight: {}\n', '{}', '{"a":1}'])(
  '%j is not ours',
  (text) => {
    expect(parseConfigHeader(text)).toBeUndefined();
  },
);

test('comments of a person before the header do not hide it', () => {
  expect(parseConfigHeader(`# Anna: do not touch\n${renderConfigHeader(HEADER)}name = "web1"\n`)).toEqual(
    HEADER,
  );
});

test.each([
  ['of another format', renderConfigHeader(HEADER).replace('"format":1', '"format":2'), /format 2/],
  ['cut off', renderConfigHeader(HEADER).slice(0, 40), /not JSON/],
  ['with an unknown field', renderConfigHeader(HEADER).replace('{', '{"x":1,'), /damaged/],
  ['with a path for a volume', renderConfigHeader(HEADER).replace('web1-root', '../web1-root'), /damaged/],
  ['of a broken QEMU document', '{"header":', /not JSON/],
])('a header %s is refused', (_, text, message) => {
  expect(() => parseConfigHeader(text)).toThrow(message);
});
