import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { LintOptions, Priority } from '../../../src/lint/context.ts';
import { finishIssues, lintPreseed } from '../../../src/lint/lint-preseed.ts';
import { reportBadCommand } from '../../../src/lint/rules/commands.ts';
import { parseSize } from '../../../src/spec/size.ts';

/** One trap a file: NAME.cfg has it, NAME.expected the findings and the options, if any. */
const FOLDER = new URL('../../golden/lint/', import.meta.url);
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.cfg'))
  .map((file) => file.replace(/\.cfg$/, ''));

function readExpected(name: string) {
  const lines = readFileSync(new URL(`${name}.expected`, FOLDER), 'utf8').split('\n');
  const words = lines[0]?.startsWith('options: ') === true ? lines.shift()?.split(' ').slice(1) : [];
  return { options: readOptions(words ?? []), findings: lines.filter((line) => line !== '') };
}

function readOptions(words: readonly string[]): LintOptions {
  const value = (option: string) => (words.includes(option) ? words[words.indexOf(option) + 1] : undefined);
  return {
    suite: value('--suite'),
    diskSizeBytes: parseSize(value('--disk-size') ?? ''),
    priority: value('--priority') as Priority | undefined,
  };
}

test('the corpus has at least 60 traps', () => {
  expect(names.length).toBeGreaterThanOrEqual(60);
});

test.each(names)('%s has exactly the findings that it was written for', (name) => {
  const { options, findings } = readExpected(name);
  const text = readFileSync(new URL(`${name}.cfg`, FOLDER), 'utf8');
  const { context, issues, commands } = lintPreseed(name, text, options);
  const refused = commands.flatMap((command) => {
    const shell = spawnSync('sh', ['-n'], { input: `${command.text}\n`, encoding: 'utf8' });
    return shell.status === 0 ? [] : [reportBadCommand(context, command, shell.stderr)];
  });
  const all = finishIssues(context, [...issues, ...refused]);
  const found = all.map((issue) => {
    const { line, column } = issue.position ?? { line: 0, column: 0 };
    return `${line}:${column} ${issue.severity} ${issue.code}`;
  });
  expect(found).toEqual(findings);
  // A place must be inside the text that it points at, and every text filled in.
  for (const { position, message, hint } of all) {
    const line = text.split('\n')[(position?.line ?? 0) - 1] ?? '';
    expect(position?.column).toBeLessThanOrEqual(Math.max(line.length, 1));
    expect(`${message} ${hint}`).not.toMatch(
      /\{(value|name|suggestion|expected|detail|other|suite|what|effect)\}/,
    );
  }
});
