import { describe, expect, test } from 'vitest';
import { formatGithub } from '../../../src/report/format-github.ts';
import { formatJson } from '../../../src/report/format-json.ts';
import { formatPretty } from '../../../src/report/format-pretty.ts';
import type { Issue } from '../../../src/report/issue.ts';

const file = '/site/domus/web1.yaml';
const issue: Issue = {
  code: 'RL2001',
  severity: 'error',
  message: 'the key "x" is not known here',
  hint: 'known keys: a, b',
  position: { file, line: 2, column: 3, length: 1 },
  path: 'disks.x',
};

function report(issues: readonly Issue[], text: string) {
  return { issues, sources: new Map([[file, text]]), nameFile: (name: string) => name.replace('/site/', '') };
}

describe('formatPretty', () => {
  test('shows the place, the line with a caret, and the hint', () => {
    expect(formatPretty(report([issue], 'a:\n  x: 1\n'), { color: false })).toBe(
      [
        'domus/web1.yaml:2:3: error RL2001: the key "x" is not known here (disks.x)',
        '    2 |   x: 1',
        '      |   ^',
        '       hint: known keys: a, b',
        '',
      ].join('\n'),
    );
  });

  test('cuts a long line around the place and keeps the caret below it', () => {
    const column = 501;
    const text = `a: [${'x'.repeat(496)}HERE${'y'.repeat(500)}]`;
    const far = { ...issue, position: { file, line: 1, column, length: 4 } };
    const [, line = '', caret = ''] = formatPretty(report([far], text), { color: false }).split('\n');
    expect(line.length).toBeLessThan(120);
    const start = caret.indexOf('^');
    expect(line.slice(start, start + 4)).toBe('HERE');
    expect(caret.trimEnd().length).toBe(start + 4);
  });

  test('never prints a control character of the file', () => {
    const text = 'a:\n  x: \u001b[31m\u009b2J\u202e\tend\n';
    const output = formatPretty(report([issue], text), { color: false });
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test('colours only when asked to', () => {
    expect(formatPretty(report([issue], 'a:\n  x: 1\n'), { color: true })).toContain('\u001b[31;1m');
    expect(formatPretty(report([issue], 'a:\n  x: 1\n'), { color: false })).not.toContain('\u001b');
  });

  test('does without a position and without a source', () => {
    const { position: _position, ...rest } = issue;
    expect(formatPretty(report([rest], ''), { color: false })).toMatch(/^error RL2001: /);
    const elsewhere = { ...issue, position: { file: '/site/other', line: 9, column: 1, length: 1 } };
    expect(formatPretty(report([elsewhere], ''), { color: false })).not.toContain('|');
  });
});

describe('formatJson', () => {
  test('is versioned and counts', () => {
    const value = JSON.parse(
      formatJson(report([issue, { ...issue, severity: 'warning' }], ''), { guests: 2, images: 0 }),
    );
    expect(value).toMatchObject({ version: 1, ok: false, errors: 1, warnings: 1, guests: 2, images: 0 });
    expect(value.issues[0].position).toEqual({ file: 'domus/web1.yaml', line: 2, column: 3, length: 1 });
  });

  test('warnings alone are ok', () => {
    expect(
      JSON.parse(formatJson(report([{ ...issue, severity: 'warning' }], ''), { guests: 1, images: 0 })).ok,
    ).toBe(true);
  });
});

describe('formatGithub', () => {
  test('writes one workflow command an issue', () => {
    expect(formatGithub(report([issue], ''))).toBe(
      '::error file=domus/web1.yaml,line=2,col=3,endColumn=4,title=RL2001::the key "x" is not known here%0Ahint: known keys: a, b\n',
    );
  });

  test('a value cannot start a command or a property of its own', () => {
    const hostile: Issue = {
      ...issue,
      message: '50%\n::error::x',
      position: { file: '/site/a,b:c\n.yaml', line: 1, column: 1, length: 1 },
    };
    const output = formatGithub(report([hostile], ''));
    expect(output.trimEnd().split('\n')).toHaveLength(1);
    expect(output).toContain('file=a%2Cb%3Ac%0A.yaml,');
    expect(output).toContain('50%25%0A::error::x');
  });
});
