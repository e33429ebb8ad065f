import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lintPreseed } from '../../src/lint/lint-preseed.ts';
import { fetchPackages } from '../support/netinst-packages.ts';

const paths: string[] = [];
for (const suite of ['bookworm', 'trixie'] as const) {
  const packages = await fetchPackages(suite, ['installation-guide-amd64']);
  paths.push(join(packages, 'root/usr/share/doc/installation-guide-amd64/example-preseed.txt.gz'));
}

/** What is truly wrong in Debian's own example: from trixie on US/Eastern needs a package that is not installed. */
const WRONG: Readonly<Record<string, readonly string[]>> = { bookworm: [], trixie: ['RL5217'] };

describe("Debian's own example-preseed", () => {
  test.each(paths)('%s has no finding but what is truly wrong', (path) => {
    const text = gunzipSync(readFileSync(path)).toString('utf8');
    const suite = /preconfiguration file \(for (\w+)\)/.exec(text)?.[1] ?? '';
    expect(Object.keys(WRONG)).toContain(suite);
    const { issues, context } = lintPreseed(path, text, { suite });
    expect(issues.map(({ code }) => code)).toEqual(WRONG[suite]);
    expect(context.entries.length).toBeGreaterThan(25);
  });

  test.each(paths)('%s with every example switched on names known questions of right types only', (path) => {
    const text = gunzipSync(readFileSync(path)).toString('utf8');
    const suite = /preconfiguration file \(for (\w+)\)/.exec(text)?.[1] ?? '';
    const { issues, context } = lintPreseed(path, switchOn(text), { suite });
    expect(context.entries.length).toBeGreaterThan(100);
    const aboutQuestions = issues.filter(({ code }) => /^RL5(0|1|4)/.test(code) && code !== 'RL5417');
    expect(aboutQuestions).toEqual([]);
  });
});

/** Takes the "#" from every answer, and from the lines that continue one. */
function switchOn(text: string): string {
  let isOpen = false;
  const lines = text.split('\n').map((line) => {
    const isAnswer = /^#(d-i|tasksel|popularity-contest) /.test(line) || (isOpen && line.startsWith('# '));
    const shown = isAnswer ? line.slice(1) : line;
    isOpen = !shown.startsWith('#') && shown.endsWith('\\');
    return shown;
  });
  return lines.join('\n');
}
