import { expect, test } from 'vitest';
import { findOwnQuestion } from '../../../src/release/preseed-own.ts';
import { findQuestion, listQuestionNames } from '../../../src/release/preseed-questions.ts';
import { listAnswers } from '../../../src/render/preseed.ts';
import { makePreseedRequest, PRESEED_SUITES, PRESEED_VARIANTS } from '../../support/preseed-guests.ts';

const cases = PRESEED_SUITES.flatMap((suite) => PRESEED_VARIANTS.map((variant) => [variant, suite] as const));

test.each(cases)('every question that %s on %s answers is known as relight’s own', (variant, suite) => {
  const request = makePreseedRequest(variant, suite, { preseed: [] });
  const names = listAnswers({ ...request, skipBootLoader: true, hasModules: true, componentSuite: 'stable' });
  expect(names.filter(({ name }) => findOwnQuestion(name) === undefined)).toEqual([]);
});

test('a question that is nobody’s is left to the spec', () => {
  const free = listQuestionNames().filter((name) => findOwnQuestion(name) === undefined);
  expect(free).toContain('clock-setup/ntp-server');
  expect(free).toContain('apt-setup/multiarch');
  expect(findOwnQuestion('apt-setup/local0/repository')).toBeUndefined();
  expect(findOwnQuestion('preseed/early_command')).toBeUndefined();
});

test.each(['preseed/include', 'preseed/run', 'preseed/include_command'])(
  '%s could override any answer',
  (name) => {
    expect(findQuestion(name, 'trixie')).toBeDefined();
    expect(findOwnQuestion(name)).toBeDefined();
  },
);
