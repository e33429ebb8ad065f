import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeSource } from './judge.ts';
import { readFacts, readSources } from './read-source.ts';
import { FOLDER_RULES, PURE_FOLDERS } from './rules.ts';

const sources = readSources('src');

describe('the import rules', () => {
  it('hold in every file of src', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(judgeSource)).toEqual([]);
  });

  it('cover every folder of src', () => {
    const folders = readdirSync('src', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.name === 'cli.ts')
      .map((entry) => entry.name);
    expect(folders.sort()).toEqual(Object.keys(FOLDER_RULES).sort());
  });

  it('leave no way round: no pure folder rests on run or commands, and no folders rest on each other', () => {
    for (const folder of PURE_FOLDERS) {
      for (const target of FOLDER_RULES[folder]?.values ?? []) {
        expect(PURE_FOLDERS).toContain(target);
        expect(FOLDER_RULES[target]?.values).not.toContain(folder);
      }
    }
  });
});

describe('a file that breaks a rule is named', () => {
  const judge = (path: string, text: string) => judgeSource(readFacts(path, text));
  const cases: readonly (readonly [string, string, string])[] = [
    ['spec/a.ts', "import { readFileSync } from 'node:fs';", 'only run may import node:fs'],
    ['commands/a.ts', "import { readFile } from 'fs/promises';", 'only run may import fs/promises'],
    ['cli.ts', "import { execa } from 'execa';", 'only run may import execa'],
    ['plan/a.ts', "const { spawn } = await import('node:child_process');", 'only run may import'],
    ['lint/a.ts', "import { isIPv4, connect } from 'node:net';", 'only run may import node:net'],
    ['lint/a.ts', "import * as net from 'node:net';", 'only run may import node:net'],
    ['iso/a.ts', 'const name = await import(place);', 'a computed import'],
    ['report/a.ts', "import type { Site } from '../spec/types.ts';", 'report may not import spec'],
    ['release/a.ts', "import { size } from '../spec/size.ts';", 'release may import only types of spec'],
    [
      'release/a.ts',
      "import { type A, size } from '../spec/size.ts';",
      'release may import only types of spec',
    ],
    ['render/a.ts', "export { build } from '../plan/build.ts';", 'render may import only types of plan'],
    ['plan/a.ts', "import { run } from '../run/a.ts';", 'plan may not import run'],
    ['plan/deep/a.ts', "type A = import('../../run/a.ts').A;", 'plan may not import run'],
    ['run/a.ts', "import { check } from '../commands/check.ts';", 'run may not import commands'],
    ['run/a.ts', "import '../../test/support/bundle.ts';", 'imports ../test/support/bundle.ts'],
    ['plan/a.ts', "import { randomBytes, createHash } from 'node:crypto';", 'may not import randomBytes'],
    ['plan/a.ts', "import * as crypto from 'node:crypto';", 'may not import * of node:crypto'],
    ['spec/a.ts', 'export const now = Date.now();', 'spec may not use Date.now'],
    ['spec/a.ts', 'export const now = new Date();', 'spec may not use new Date()'],
    ['spec/a.ts', 'export const chance = Math.random();', 'spec may not use Math.random'],
    ['spec/a.ts', "export const home = process.env['HOME'];", 'spec may not use process'],
    ['commands/a.ts', 'process.exit(1);', 'commands may not use process'],
    ['run/a.ts', "console.log('x');", 'run may not use console'],
    ['run/a.ts', 'export default 1;', "'export default 1;'"],
    ['run/a.ts', 'export default function a() {}', 'export default function'],
    ['run/a.ts', "export * from './b.ts';", 'export *'],
    ['run/a.ts', 'const a = 1;\nexport { a as default };', 'export { a as default }'],
  ];
  it.each(cases)('%s with %j', (path, text, message) => {
    const found = judge(path, text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it('when it is too long', () => {
    expect(judge('run/a.ts', '\n'.repeat(250))).toEqual([]);
    expect(judge('run/a.ts', '\n'.repeat(251))).toHaveLength(1);
  });

  it('and one that breaks none is not', () => {
    const text = [
      "import { createHash } from 'node:crypto';",
      "import { isIPv4 } from 'node:net';",
      "import type { Plan } from '../plan/types.ts';",
      "import late from '../../preseed/late.sh';",
      'const process = { env: 1 };',
      'export const value = { process: process.env, console: new Date(0), now: late };',
    ].join('\n');
    expect(judge('render/a.ts', text)).toEqual([]);
  });
});
