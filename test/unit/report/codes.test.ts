import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CodeEntry } from '../../../src/report/codes/entry.ts';
import { CODES, isCode, makeIssue } from '../../../src/report/codes.ts';
import { EXIT, Failure } from '../../../src/report/failure.ts';
import { formatCodeList } from '../../../src/report/list-codes.ts';
import { makeFailure } from '../../../src/report/make-failure.ts';

const entries: readonly [string, CodeEntry][] = Object.entries(CODES);

test('docs/error-codes.md is fresh (RELIGHT_UPDATE_GOLDEN=1 writes it anew)', () => {
  const file = new URL('../../../docs/error-codes.md', import.meta.url).pathname;
  if (process.env.RELIGHT_UPDATE_GOLDEN === '1') writeFileSync(file, formatCodeList());
  expect(readFileSync(file, 'utf8')).toBe(formatCodeList());
});

describe('the table of codes', () => {
  test.each(entries)('%s has a form that can be printed', (code, entry) => {
    expect(code).toMatch(/^RL[0-9]{4}$/);
    expect(entry.title).not.toBe('');
    expect(entry.message).toMatch(
      /^[a-z"`{\-$0-9]|^(YAML|IPv|URL|ISO|GRUB|LVM|SSH|El Torito|Rock Ridge|Joliet|[A-Z]{2,})/,
    );
    expect(entry.message).not.toMatch(/\.$/);
  });

  test('no code of one part is overwritten by another part', async () => {
    const folder = new URL('../../../src/report/codes/', import.meta.url);
    const parts: Record<string, object>[] = await Promise.all(
      readdirSync(folder).map((file) => import(new URL(file, folder).href)),
    );
    const codes = parts
      .flatMap((module) => Object.entries(module).filter(([name]) => name.endsWith('_CODES')))
      .flatMap(([, table]) => Object.keys(table));
    expect([...new Set(codes)].sort()).toEqual([...codes].sort());
    expect(codes.length).toBeGreaterThan(100);
  });
});

describe('makeIssue', () => {
  test('fills in what the texts need', () => {
    const issue = makeIssue('RL2001', { key: 'vcpu', suggestion: 'did you mean "vcpus"?' });
    expect(issue).toEqual({
      code: 'RL2001',
      severity: 'error',
      message: 'the key "vcpu" is not known here',
      hint: 'did you mean "vcpus"?',
    });
  });

  test('leaves an empty hint out', () => {
    expect(makeIssue('RL2001', { key: 'x', suggestion: '' })).not.toHaveProperty('hint');
  });

  test('cleans values of control characters and hides the password of a URL', () => {
    const issue = makeIssue('RL2109', { value: 'http://anna:geheim@host/\u001b[2J\u202e' });
    expect(issue.message).toContain('\\u001b[2J\\u202e');
    expect(issue.message).not.toContain('geheim');
  });

  test('does not fill in what a value brings', () => {
    expect(makeIssue('RL2001', { key: '{suggestion}', suggestion: 'x' }).message).toContain('"{suggestion}"');
  });
});

describe('a failure', () => {
  test('has the wording of the table', () => {
    expect(makeFailure(EXIT.usage, 'RL0760', { value: 'cdebootstrap' })).toMatchObject({
      status: EXIT.usage,
      code: 'RL0760',
      message: 'unknown bootstrapper cdebootstrap',
      hint: 'mmdebstrap or debootstrap',
    });
  });

  test('does not compile with a code that the table lacks', () => {
    // @ts-expect-error RL0000 is not in the table; `npm run check` fails should this line compile.
    expect(new Failure(EXIT.failed, 'RL0000', 'no rule').code).toBe('RL0000');
  });

  test('carries a code of the table wherever src writes one down', () => {
    const folder = new URL('../../../src/', import.meta.url).pathname;
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const used = files.flatMap((file) => readFileSync(folder + file, 'utf8').match(/\bRL\d{4}\b/g) ?? []);
    expect(used.filter((code) => !isCode(code))).toEqual([]);
    expect(used.length).toBeGreaterThan(300);
  });
});
