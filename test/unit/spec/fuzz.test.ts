import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatGithub } from '../../../src/report/format-github.ts';
import { formatJson } from '../../../src/report/format-json.ts';
import { formatPretty } from '../../../src/report/format-pretty.ts';
import { type ParsedSite, parseSite } from '../../../src/spec/parse-site.ts';
import { GOOD_GUEST, GOOD_SITE, parse } from './support.ts';

/** Whatever a file holds: no throw, positions inside the file, output without control characters. */
function expectSound(parsed: ParsedSite, texts: ReadonlyMap<string, string>): void {
  for (const issue of parsed.issues) {
    const { position } = issue;
    if (position === undefined) continue;
    expect(position.line).toBeGreaterThanOrEqual(1);
    expect(position.column).toBeGreaterThanOrEqual(1);
    expect(position.length).toBeGreaterThanOrEqual(1);
    const lines = texts.get(position.file)?.split(/\n/) ?? [];
    expect(position.line).toBeLessThanOrEqual(Math.max(lines.length, 1));
  }
  const report = { issues: parsed.issues, sources: parsed.sources, nameFile: (file: string) => file };
  const pretty = formatPretty(report, { color: false });
  expect(pretty).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  formatGithub(report);
  JSON.parse(formatJson(report, { guests: 0, images: 0 }));
}

function tryGuest(text: string, site = GOOD_SITE): ParsedSite {
  const files = new Map([
    ['/site/site.yaml', site],
    ['/site/domus/web1.yaml', text],
  ]);
  const parsed = parseSite({ directory: '/site', files });
  expectSound(parsed, files);
  const hasError = parsed.issues.some((issue) => issue.severity === 'error');
  expect(parsed.site?.guests.has('web1') ?? false).toBe(!hasError);
  return parsed;
}

const yamlSoup = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'memory',
        'disks',
        'root',
        'size',
        '1GiB',
        ': ',
        ':',
        '\n',
        '\n  ',
        '\n- ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        ', ',
      ],
      ...[
        '&a ',
        '*a',
        '!t ',
        '|\n',
        '>-\n',
        '"',
        "'",
        '#',
        '? ',
        '---\n',
        '...\n',
        '\t',
        '\r\n',
        '<<: ',
        '%YAML 1.2\n',
        '\ufeff',
      ],
      ...[
        '__proto__',
        'constructor',
        '0x10',
        '1.10',
        '~',
        'null',
        'true',
        '.nan',
        '\u0000',
        '\u2028',
        '😀',
        '\\',
        '@',
        '`',
      ],
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('nothing makes it throw', () => {
  test('random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void tryGuest(text)),
      { numRuns: 300 },
    );
  });

  test('pieces of YAML in any order', () => {
    fc.assert(
      fc.property(yamlSoup, (text) => void tryGuest(text)),
      { numRuns: 1500 },
    );
  });

  test('pieces of YAML as site.yaml', () => {
    fc.assert(
      fc.property(yamlSoup, (text) => void tryGuest(GOOD_GUEST, `relight: 1\n${text}`)),
      { numRuns: 500 },
    );
  });

  test('a good guest with some text cut out and other text put in', () => {
    const change = fc.tuple(
      fc.nat(GOOD_GUEST.length),
      fc.nat(12),
      fc.oneof(yamlSoup, fc.string({ maxLength: 8 })),
    );
    fc.assert(
      fc.property(change, ([start, length, text]) => {
        tryGuest(GOOD_GUEST.slice(0, start) + text + GOOD_GUEST.slice(start + length));
      }),
      { numRuns: 1000 },
    );
  });

  test('any JSON value in the place of any value', () => {
    const keys = [
      'name',
      'memory',
      'disks',
      'nics',
      'users',
      'root',
      'roles',
      'packages',
      'files',
      'run',
      'checks',
    ];
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), value), (guest) => {
        tryGuest(JSON.stringify(guest));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('hostile files end early', () => {
  const deep = 200_000;
  test.each([
    ['deep flow lists', '['.repeat(deep)],
    ['deep flow maps', '{a: '.repeat(deep)],
    ['deep block lists', '- '.repeat(deep)],
    ['many keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['many equal keys', 'memory: 1GiB\n'.repeat(20_000)],
    ['a long line', `memory: "${'x'.repeat(900_000)}"`],
    ['many documents', '---\n'.repeat(100_000)],
    ['many tags', `run: [${'!t x, '.repeat(20_000)}]`],
    ['an alias of itself', 'run: &a [*a, *a]'],
    ['many aliases of one list', `a: &a [${'x, '.repeat(1000)}]\nrun: [${'*a, '.repeat(20_000)}]`],
    ['over the cap', `#${'x'.repeat(1024 * 1024)}`],
    ['many wrong users', `users:\n${'  - { name: A }\n'.repeat(20_000)}`],
    ['many colons', `memory: ${'a:'.repeat(300_000)}`],
  ])('%s', (_name, text) => {
    const { issues } = tryGuest(text);
    expect(issues.some((issue) => issue.severity === 'error')).toBe(true);
  });
});

test('the good guest of these tests is good', () => {
  expect(parse(GOOD_GUEST).issues).toEqual([]);
});
