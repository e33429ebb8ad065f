import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PreviewFile, previewFiles } from '../../../src/plan/preview/catalogue.ts';
import { isWhat, WHATS } from '../../../src/plan/preview/names.ts';
import { Failure } from '../../../src/report/failure.ts';
import { parseSite } from '../../../src/spec/parse-site.ts';

// UPDATE_GOLDEN=1 writes the expected files anew: look at the difference before it is committed.
const UPDATE = process.env.UPDATE_GOLDEN === '1';
const ROOT = new URL('../../golden/render', import.meta.url).pathname;
const MIRRORS = {
  archive: 'http://mirror.example.org/debian',
  security: 'http://mirror.example.org/debian-security',
};
const CASES = readdirSync(ROOT).sort();

test('there are cases, a failing one among them, and together they show everything', () => {
  const shown = new Set(CASES.flatMap((name) => readCase(join(ROOT, name)).what));
  expect([...WHATS].filter((what) => !shown.has(what))).toEqual([]);
  expect(CASES.filter((name) => existsSync(join(ROOT, name, 'expected', 'error.txt')))).not.toEqual([]);
});

describe.each(CASES)('%s', (name) => {
  const directory = join(ROOT, name);
  const expected = join(directory, 'expected');

  test('every file is as expected, and no other', () => {
    const rendered = renderCase(directory);
    if (UPDATE) {
      rmSync(expected, { recursive: true, force: true });
      mkdirSync(expected);
      for (const [file, content] of rendered) writeFileSync(join(expected, file), content);
    }
    expect([...rendered.keys()].sort()).toEqual(readdirSync(expected).sort());
    for (const [file, content] of rendered) {
      expect(content, file).toBe(readFileSync(join(expected, file), 'utf8'));
    }
  });
});

function readCase(directory: string): { what: string[] } {
  return JSON.parse(readFileSync(join(directory, 'case.json'), 'utf8'));
}

/** Renders the case's guest as the command does. A refusal is a file too. */
function renderCase(directory: string): Map<string, string> {
  const paths = ['site.yaml', 'domus/web1.yaml'];
  const files = new Map(
    paths.map((path) => [`/site/${path}`, readFileSync(join(directory, path), 'utf8')] as const),
  );
  const { site, issues } = parseSite({ directory: '/site', files });
  const guest = site?.guests.get('web1');
  if (site === undefined || guest === undefined) throw new Error(JSON.stringify(issues));
  try {
    const request = { site, guest, mirrors: MIRRORS, relightVersion: '0.0.0' };
    const shown = readCase(directory)
      .what.filter(isWhat)
      .flatMap((what) => previewFiles(what, request));
    return new Map(shown.map((file: PreviewFile) => [file.file, file.content]));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return new Map([['error.txt', `${error.code} ${error.message}\n${error.hint ?? ''}\n`]]);
  }
}
