import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readAsInstaller } from '../../src/lint/read-installer.ts';
import { readAsTarget } from '../../src/lint/read-target.ts';
import { splitLines } from '../../src/lint/split-lines.ts';
import { listAnswers, renderPreseed } from '../../src/render/preseed.ts';
import { formatAnswer, joinText } from '../../src/render/preseed-line.ts';
import type { PreseedRequest } from '../../src/render/preseed-request.ts';
import { Failure } from '../../src/report/failure.ts';
import { fetchInitrd, InstallerRoot } from '../support/installer-root.ts';
import { makePreseedRequest, PRESEED_VARIANTS, resolveText, SAMPLE_HASH } from '../support/preseed-guests.ts';

// Needs root (chroot), cpio, debconf, and the packages debian-installer-12-netboot-amd64 and -13-.

const SEED = 20230610;
const word = fc.stringMatching(/^[a-z0-9#"'$`*?[\]%\\é\u00a0{}()!~;&|<>-]{1,6}$/);
const blank = fc.constantFrom(' ', ' ', '  ', '\t', ' \t ', '\v', '\f');
const indent = fc.constantFrom('', '', '', ' ', '\t', '  ');
const ending = fc.constantFrom(
  '\n',
  '\n',
  '\n',
  '\n',
  '\r\n',
  '\\\n',
  ' \\\n',
  ' \\\n',
  '\\ \n',
  '\\\r\n',
  ' \n',
  '\r\r\n',
);
const answer = fc
  .tuple(
    indent,
    fc.constantFrom('d-i', 'tasksel', '#', '-n'),
    blank,
    word,
    blank,
    word,
    fc.array(fc.tuple(blank, word)),
  )
  .map(
    ([start, owner, one, name, two, type, rest]) =>
      `${start}${owner}${one}${name}${two}${type}${rest.flat().join('')}`,
  );
const other = fc.oneof(
  fc.constantFrom(
    '# comment',
    '  # two words',
    '   #x',
    '',
    ' ',
    '\\',
    'word',
    'd-i name',
    'd-i name ',
    'd-i q seen false',
    '-n',
    '-e x\\ty z w',
  ),
  fc.tuple(indent, word, blank, word).map((parts) => parts.join('')),
  fc.constantFrom(
    'd-i a/b string  two  blanks ',
    'd-i a/b\tboolean\ttrue',
    'd-i a/b select',
    'd-i a/b bool x',
    'a b title\r',
  ),
);
const line = fc.tuple(fc.oneof({ weight: 3, arbitrary: answer }, { weight: 2, arbitrary: other }), ending);
const text = fc.tuple(fc.array(line, { minLength: 1, maxLength: 7 }), fc.boolean()).map(([lines, cut]) =>
  lines
    .flat()
    .join('')
    .slice(0, cut ? -1 : undefined),
);

/** The same lines each time: a failure names the text, and running the tests again shows it again. */
const documents = (count: number) => fc.sample(text, { numRuns: count, seed: SEED });
const trimEnd = (value: string) => value.replace(/[ \t\v\f]+$/, '');

const initrds = { '12': await fetchInitrd('12'), '13': await fetchInitrd('13') };

describe.each(['12', '13'] as const)('the installer of Debian %s', (version) => {
  const root = new InstallerRoot(initrds[version]);
  afterAll(() => root.remove());

  test('reads every text as readAsInstaller does', { timeout: 600_000 }, () => {
    const texts = documents(150);
    const real = root.read(texts);
    const statuses = new Set(real.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([0, 1]);
    for (const [index, given] of texts.entries()) {
      const { entries, faults, loaded } = readAsInstaller(splitLines(given));
      const ours = entries
        .slice(0, loaded)
        .map((entry) => [entry.owner, entry.name, entry.type, entry.value].map((field) => field.text));
      const theirs = real[index]?.answers.map((fields) =>
        fields.map((field, at) => (at === 3 ? trimEnd(field) : field)),
      );
      expect({ given, answers: ours, status: faults.length > 0 ? 1 : 0 }).toEqual({
        given,
        answers: theirs,
        status: real[index]?.status,
      });
    }
  });
});

test('debconf-set-selections reads every text as readAsTarget does', { timeout: 600_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'relight-selections-'));
  const file = join(directory, 'preseed.cfg');
  const kinds = new Set<string>();
  try {
    for (const given of documents(60)) {
      writeFileSync(file, given);
      const { stderr, status } = spawnSync('debconf-set-selections', ['--checkonly', '--verbose', file], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      const { entries, errors, skipped } = readAsTarget(splitLines(given));
      const set = entries.map(({ name, type, value }) =>
        type === 'seen'
          ? `Trying to set 'seen' flag to '${value}'`
          : `Trying to set '${name}' [${type}] to '${value}'`,
      );
      const said = stderr.split('\n');
      const pick = (pattern: RegExp) => said.flatMap((message) => pattern.exec(message)?.slice(1) ?? []);
      expect({ given, set }).toEqual({ given, set: pick(/^info: (Trying to set .*)$/s) });
      expect({ given, errors }).toEqual({
        given,
        errors: pick(/^error: parse error on line (\d+)/).map(Number),
      });
      expect({ given, skipped }).toEqual({
        given,
        skipped: pick(/^warning: Unknown type .*, skipping line (\d+)/).map(Number),
      });
      expect(status === 0 || errors.length > 0 || said.some((message) => message.startsWith('error: '))).toBe(
        true,
      );
      if (set.length > 0) kinds.add('set');
      if (errors.length > 0) kinds.add('error');
      if (skipped.length > 0) kinds.add('skipped');
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  expect([...kinds].sort()).toEqual(['error', 'set', 'skipped']);
});

/** Answers with hostile values, as far as they are written at all. */
function writeHostile(): { readonly meant: readonly string[][]; readonly text: string } {
  const pieces = [
    'a',
    ' ',
    '\t',
    '\n',
    '\r',
    '\\',
    '#',
    '"',
    "'",
    '$(id)',
    '`id`',
    '$HOME',
    '*',
    '?',
    '%s',
    ';',
    'd-i x/y string z',
  ];
  const value = fc.string({ unit: fc.constantFrom(...pieces, '\u00a0', 'é', '\0', '\u2028'), maxLength: 8 });
  const written = fc.sample(value, { numRuns: 400, seed: SEED }).flatMap((given, index) => {
    const answer = {
      owner: 'd-i',
      name: `x/y${index}`,
      type: 'string',
      value: given,
      path: undefined,
    } as const;
    try {
      return [
        {
          meant: ['d-i', answer.name, 'string', given],
          line: resolveText(joinText(formatAnswer(answer)), String),
        },
      ];
    } catch (error) {
      if (error instanceof Failure) return [];
      throw error;
    }
  });
  return { meant: written.map(({ meant }) => meant), text: written.map(({ line }) => line).join('') };
}

describe('a hostile value is refused, or is one answer with that value and nothing else', () => {
  const { meant, text: given } = writeHostile();

  test.each(['12', '13'] as const)('to the installer of Debian %s', { timeout: 600_000 }, (version) => {
    expect(meant.length).toBeGreaterThan(60);
    expect(meant.length).toBeLessThan(400);
    const root = new InstallerRoot(initrds[version]);
    try {
      expect(root.read([given])).toEqual([{ answers: meant, status: 0 }]);
    } finally {
      root.remove();
    }
  });

  test('to debconf-set-selections', { timeout: 120_000 }, () => {
    const checked = spawnSync('debconf-set-selections', ['--checkonly', '--verbose'], {
      input: given,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    const set = meant.map(([, name, type, value]) => `info: Trying to set '${name}' [${type}] to '${value}'`);
    expect(checked.stderr.split('\n').filter((line) => line.startsWith('info: Trying to set '))).toEqual(set);
    expect(checked.status).toBe(0);
  });
});

const SUITE_OF = { '12': 'bookworm', '13': 'trixie' } as const;

describe.each(['12', '13'] as const)('the preseeds that relight writes for Debian %s', (version) => {
  const texts = PRESEED_VARIANTS.map((variant) => {
    const request = makePreseedRequest(variant, SUITE_OF[version]);
    return { variant, request, text: resolveText(renderPreseed(request), () => SAMPLE_HASH) };
  });
  const meant = (request: PreseedRequest) =>
    listAnswers(request).map(({ owner, name, type, value }) => [
      owner,
      name,
      type,
      typeof value === 'string' ? value : SAMPLE_HASH,
    ]);

  test('are read by the installer as they were meant', { timeout: 600_000 }, () => {
    const root = new InstallerRoot(initrds[version]);
    try {
      for (const [index, { answers, status }] of root.read(texts.map(({ text: given }) => given)).entries()) {
        const given = texts[index];
        if (given === undefined) throw new Error('as many answers as texts');
        expect({ variant: given.variant, status, answers }).toEqual({
          variant: given.variant,
          status: 0,
          answers: meant(given.request),
        });
      }
    } finally {
      root.remove();
    }
  });

  test('are accepted by debconf-set-selections', { timeout: 60_000 }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'relight-selections-'));
    try {
      for (const { variant, request, text: given } of texts) {
        const file = join(directory, `${variant}.cfg`);
        writeFileSync(file, given);
        const { stderr, status } = spawnSync('debconf-set-selections', ['--checkonly', '--verbose', file], {
          encoding: 'utf8',
        });
        const set = stderr.split('\n').filter((message) => message.startsWith('info: Trying to set '));
        expect({ variant, status, set }).toEqual({
          variant,
          status: 0,
          set: meant(request).map(
            ([, name, type, value]) => `info: Trying to set '${name}' [${type}] to '${value}'`,
          ),
        });
        expect(stderr).not.toMatch(/^(warning|error):/m);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
