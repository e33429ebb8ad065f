import { expect, test } from 'vitest';
import { ASKED_QUESTIONS } from '../../../src/release/preseed-asked.ts';
import {
  BORROWED_COMPONENTS,
  describeReleases,
  findQuestion,
  listQuestionNames,
  QUESTION_RELEASES,
} from '../../../src/release/preseed-questions.ts';
import { RENAMED_QUESTIONS } from '../../../src/release/preseed-questions-runtime.ts';

test('a release sees its own questions, types, choices and defaults', () => {
  expect(findQuestion('auto-install/cloak_initrd_preseed', 'bookworm')).toBeUndefined();
  expect(findQuestion('auto-install/cloak_initrd_preseed', 'trixie')?.type).toBe('boolean');
  expect(describeReleases('auto-install/cloak_initrd_preseed')).toBe('it came with trixie');
  expect(findQuestion('partman-auto/cap-ram', 'bookworm')?.default).toBe('1024');
  expect(findQuestion('partman-auto/cap-ram', 'trixie')?.default).toBe('false');
  expect(findQuestion('partman-crypto/crypto_root_needs_boot', 'bookworm')?.type).toBe('error');
  expect(findQuestion('partman-crypto/crypto_root_needs_boot', 'trixie')?.type).toBe('boolean');
  expect(findQuestion('tasksel/first', 'trixie')).toMatchObject({ package: 'tasksel', target: true });
  expect(findQuestion('postfix/chattr', 'trixie')).toBeUndefined();
  expect(findQuestion('postfix/chattr', 'bookworm')?.target).toBe(true);
});

test('a suite without a table, or none, has the questions of any', () => {
  expect(findQuestion('auto-install/cloak_initrd_preseed', 'sid')?.type).toBe('boolean');
  expect(findQuestion('auto-install/cloak_initrd_preseed')?.type).toBe('boolean');
  expect(findQuestion('toString')).toBeUndefined();
});

test('repositories are numbered', () => {
  expect(findQuestion('apt-setup/local12/repository', 'bookworm')?.type).toBe('string');
  expect(findQuestion('apt-setup/localx/repository', 'bookworm')).toBeUndefined();
});

test('what was borrowed is said, and only the older release borrows', () => {
  expect(QUESTION_RELEASES).toEqual(['bookworm', 'trixie']);
  expect(BORROWED_COMPONENTS.trixie).toEqual([]);
  expect(BORROWED_COMPONENTS.bookworm).toContain('user-setup-udeb');
  expect(BORROWED_COMPONENTS.bookworm).not.toContain('partman-auto');
});

test('hand-written tables name questions that exist, and old names that do not', () => {
  for (const { name, unless = [], when = {} } of ASKED_QUESTIONS) {
    for (const each of [name, ...unless, ...Object.keys(when)]) {
      if (each === 'mirror/ftp/hostname' || /^mirror\/ftp\/(directory|proxy)$/.test(each)) continue;
      expect({ each, known: findQuestion(each) !== undefined }).toEqual({ each, known: true });
    }
  }
  for (const [old, now] of Object.entries(RENAMED_QUESTIONS)) {
    expect(findQuestion(now)).toBeDefined();
    expect(listQuestionNames()).not.toContain(old);
  }
});
