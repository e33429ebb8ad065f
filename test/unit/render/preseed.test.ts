import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintPreseed } from '../../../src/lint/lint-preseed.ts';
import { readAsInstaller } from '../../../src/lint/read-installer.ts';
import { readAsTarget } from '../../../src/lint/read-target.ts';
import { splitLines } from '../../../src/lint/split-lines.ts';
import { findQuestion } from '../../../src/release/preseed-questions.ts';
import { listAnswers, renderPreseed } from '../../../src/render/preseed.ts';
import { listInstallerFiles } from '../../../src/render/preseed-files.ts';
import { formatAnswer, joinText, type PreseedAnswer } from '../../../src/render/preseed-line.ts';
import { Failure } from '../../../src/report/failure.ts';
import {
  makePreseedRequest,
  PRESEED_SUITES,
  PRESEED_VARIANTS,
  resolveText,
  SAMPLE_HASH,
} from '../../support/preseed-guests.ts';

const cases = PRESEED_SUITES.flatMap((suite) => PRESEED_VARIANTS.map((variant) => [variant, suite] as const));

test('there are at least twelve specs', () => {
  expect(PRESEED_VARIANTS.length).toBeGreaterThanOrEqual(12);
});

describe.each(cases)('%s on %s', (variant, suite) => {
  const request = makePreseedRequest(variant, suite);
  const content = renderPreseed(request);
  const text = resolveText(content, () => SAMPLE_HASH);

  test('is written as before', async () => {
    const shown = resolveText(content, (name) => `<${name}>`);
    await expect(shown).toMatchFileSnapshot(`../../golden/preseed/${variant}-${suite}.cfg`);
  });

  test('has no finding, and leaves no question open at any priority', () => {
    const diskSizeBytes = request.guest.disks[0]?.sizeBytes;
    expect(lintPreseed('preseed.cfg', text, { suite, priority: 'low', diskSizeBytes }).issues).toEqual([]);
  });

  test('asks only questions of its suite, with their own types', () => {
    for (const { name, type } of listAnswers(request)) {
      const question = findQuestion(name, suite);
      expect({ name, known: question !== undefined }).toEqual({ name, known: true });
      const isText = type === 'string' && question?.type === 'select';
      expect({ name, type: isText ? 'select' : type }).toEqual({ name, type: question?.type });
    }
  });

  test('answers no question twice, and has one late command', () => {
    const names = listAnswers(request).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(text.match(/late_command/g)).toHaveLength(1);
    expect(text).toContain('d-i preseed/late_command string sh /relight/late.sh\n');
  });

  test('is read by both parsers as what was meant', () => {
    const meant = listAnswers(request).map((answer) => [
      answer.owner,
      answer.name,
      answer.type,
      typeof answer.value === 'string' ? answer.value : SAMPLE_HASH,
    ]);
    const installer = readAsInstaller(splitLines(text)).entries;
    expect(
      installer.map((entry) => [entry.owner, entry.name, entry.type, entry.value].map((field) => field.text)),
    ).toEqual(meant);
    const target = readAsTarget(splitLines(text)).entries;
    expect(target.map(({ owner, name, type, value }) => [owner, name, type, value])).toEqual(meant);
  });
});

test('every answer of the plainest guest is needed or wanted: what is asked is answered by it alone', () => {
  const text = resolveText(renderPreseed(makePreseedRequest('minimal', 'trixie')), () => SAMPLE_HASH);
  const without = text.split('\n').filter((line) => !line.includes(' partman/confirm '));
  const issues = lintPreseed('x', without.join('\n'), { suite: 'trixie', priority: 'critical' }).issues;
  expect(issues.map(({ code, message }) => `${code} ${message}`)).toEqual([
    'RL5501 the installer will ask "partman/confirm" (critical)',
  ]);
});

test('secrets are names, and the key of a disk is in no preseed', () => {
  for (const [variant, suite] of cases) {
    const request = makePreseedRequest(variant, suite);
    const preseed = resolveText(renderPreseed(request), (name) => `<${name}>`);
    expect(preseed).not.toContain(SAMPLE_HASH);
    expect(preseed).not.toContain('disk key');
    for (const file of listInstallerFiles(request)) {
      if (typeof file.content !== 'string') expect(file).toMatchObject({ mode: 0o600 });
    }
  }
  const luks = listInstallerFiles(makePreseedRequest('luks', 'trixie'));
  expect(luks.find(({ path }) => path === '/relight/disk.key')?.content).toEqual([
    { secret: 'disk key of web1' },
    { text: '\n' },
  ]);
});

test('a finding in a preseed of ours names the path in the spec', () => {
  const text = resolveText(renderPreseed(makePreseedRequest('static-address', 'trixie')), () => SAMPLE_HASH);
  const broken = text.replace('192.0.2.254', '192.0.2.999');
  const [issue] = lintPreseed('x', broken, { suite: 'trixie' }).issues;
  expect(issue).toMatchObject({ code: 'RL5203', path: 'nics[0].gateway' });
});

test('the installer is refused for a suite that has no table, and for a guest without an address', () => {
  expect(() => renderPreseed(makePreseedRequest('minimal', 'sid'))).toThrow(Failure);
  expect(() => renderPreseed(makePreseedRequest('minimal', 'trixie', { nics: [] }))).toThrow(Failure);
});

test('any value is written so that both parsers read it back, or refused', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      'a',
      ' ',
      '\t',
      '\n',
      '\r',
      '\\',
      '#',
      '"',
      "'",
      '$',
      '(',
      ')',
      '`',
      '*',
      '?',
      '%',
      ';',
      'é',
      '\u00a0',
      '\v',
      '\0',
      '\u2028',
    ),
    maxLength: 12,
  });
  let written = 0;
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (value) => {
      const answer: PreseedAnswer = { owner: 'd-i', name: 'x/y', type: 'string', value, path: undefined };
      let line: string;
      try {
        line = resolveText(joinText(formatAnswer(answer)), () => '');
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        return;
      }
      written += 1;
      const lines = splitLines(`${line}d-i after/it string z\n`);
      const [ours, after, ...more] = readAsInstaller(lines).entries;
      expect([ours?.value.text, after?.value.text, more.length]).toEqual([value, 'z', 0]);
      expect(readAsTarget(lines).entries.map((entry) => entry.value)).toEqual([value, 'z']);
    }),
    { numRuns: 2000 },
  );
  expect(written).toBeGreaterThan(100);
});
