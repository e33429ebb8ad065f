import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixPreseed } from '../../../src/lint/fix.ts';
import { lintPreseed } from '../../../src/lint/lint-preseed.ts';
import { maskPreseed } from '../../../src/lint/mask-secrets.ts';
import { readAsInstaller } from '../../../src/lint/read-installer.ts';
import { splitLines } from '../../../src/lint/split-lines.ts';
import { listQuestionNames } from '../../../src/release/preseed-questions.ts';

const name = fc.oneof(
  fc.constantFrom(...listQuestionNames()),
  fc.constantFrom(
    'partman-auto/expert_recipe',
    'preseed/late_command',
    'netcfg/get_ipaddress',
    'passwd/root-password',
  ),
  fc.string({ maxLength: 20 }),
);
const recipeWord = fc.constantFrom(
  'a',
  '::',
  '.',
  '100',
  '-1',
  '50%',
  'ext4',
  'method{',
  '}',
  '{',
  'format{ }',
  '$lvmok{ }',
  'in_vg{ x }',
);
const value = fc.oneof(
  fc.constantFrom(
    'true',
    'TRUE',
    '192.0.2.1',
    '/dev/xvda',
    '$6$x',
    '',
    '!',
    '# x',
    '"q"',
    'in-target a > /b',
  ),
  fc.array(recipeWord, { maxLength: 30 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const line = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', ' '),
      fc.constantFrom('d-i', 'tasksel', '#'),
      name,
      fc.constantFrom('string', 'boolean', 'bool', 'password', 'seen'),
      value,
    )
    .map(([indent, ...words]) => indent + words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', ' \\\n', '\\ \n')), { maxLength: 12 })
  .map((lines) => lines.flat().join(''));
const options = fc.record({
  suite: fc.constantFrom('bookworm', 'trixie', 'sid', undefined),
  diskSizeBytes: fc.constantFrom(undefined, 0, 1e9),
  priority: fc.constantFrom('critical', 'low', undefined),
} as const);

test('no text makes the linter throw, and every finding is inside the text', () => {
  let found = 0;
  fc.assert(
    fc.property(text, options, (given, chosen) => {
      const { issues, context } = lintPreseed('x', given, chosen);
      found += issues.length;
      for (const { position } of issues) {
        const shown = context.lines[(position?.line ?? 0) - 1] ?? '';
        expect(position?.line).toBeGreaterThanOrEqual(1);
        expect(position?.line).toBeLessThanOrEqual(Math.max(context.lines.length, 1));
        expect(position?.column).toBeLessThanOrEqual(Math.max(shown.length, 1));
        expect(position?.length).toBeGreaterThanOrEqual(1);
      }
      expect(splitLines(maskPreseed(context)).length).toBeLessThanOrEqual(Math.max(context.lines.length, 1));
    }),
    { numRuns: 1500 },
  );
  expect(found).toBeGreaterThan(1000);
});

test('a fix never adds, loses or reorders answers of a text without faults', () => {
  fc.assert(
    fc.property(text, (given) => {
      const before = readAsInstaller(splitLines(given));
      const isPlain =
        before.faults.length === 0 && !/\\[ \t]+\r?\n|^\s+#/m.test(given) && !given.startsWith('\ufeff');
      fc.pre(isPlain);
      const after = readAsInstaller(splitLines(fixPreseed(given).text));
      expect(after.entries.map((entry) => entry.name.text)).toEqual(
        before.entries.map((entry) => entry.name.text),
      );
    }),
    { numRuns: 1000 },
  );
});
