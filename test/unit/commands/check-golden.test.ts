import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCheck } from '../../../src/commands/check.ts';
import type { CommandContext } from '../../../src/commands/context.ts';

/**
 * One folder a case: the site, optional arguments, and what `check` prints as text and as JSON.
 * RELIGHT_UPDATE_GOLDEN=1 writes the expectations anew; read the difference before committing it.
 */
const CASES = new URL('../../golden/check/', import.meta.url).pathname;
const isUpdate = process.env.RELIGHT_UPDATE_GOLDEN === '1';

const names = readdirSync(CASES).sort();

describe('check prints what is expected', () => {
  test.each(names)('%s', async (name) => {
    const folder = join(CASES, name);
    const pretty = await check(folder, 'pretty');
    const json = await check(folder, 'json');
    compare(join(folder, 'expected.txt'), pretty.output);
    compare(join(folder, 'expected.json'), json.output);
    expect(json.status).toBe(JSON.parse(json.output).ok ? 0 : 3);
    expect(pretty.status).toBe(json.status);
    if (name.startsWith('good-')) expect(json.status).toBe(0);
    else expect(JSON.parse(json.output).issues).not.toHaveLength(0);
  });

  test('has enough cases', () => {
    expect(names.filter((name) => name.startsWith('good-')).length).toBeGreaterThanOrEqual(6);
    expect(names.filter((name) => !name.startsWith('good-')).length).toBeGreaterThanOrEqual(40);
  });
});

test('every text is filled in', () => {
  const outputs = names.map((name) => readFileSync(join(CASES, name, 'expected.txt'), 'utf8')).join('');
  expect(outputs).not.toMatch(/\{[a-z]+\}/);
});

test('a secret is in no output', () => {
  const outputs = names.map((name) => readFileSync(join(CASES, name, 'expected.txt'), 'utf8')).join('');
  expect(outputs).not.toContain('hunter2');
  expect(outputs).not.toContain('99887766');
  expect(outputs).not.toContain('j9T$');
  expect(outputs).not.toContain('user:secret');
  expect(outputs).not.toContain('xxI14acrF4kcY59');
});

async function check(folder: string, format: string) {
  const site = join(folder, 'site');
  let output = '';
  const context: CommandContext = {
    print: (text) => {
      output += text;
    },
    say: () => {},
    environment: {},
    workingDirectory: site,
    color: false,
    terminal: false,
    verbose: false,
    signal: new AbortController().signal,
  };
  const file = join(folder, 'arguments');
  const wanted = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : [];
  const status = await runCheck(context, wanted, { format, site });
  return { status, output: output.replaceAll(site, 'SITE') };
}

function compare(file: string, actual: string): void {
  if (isUpdate) writeFileSync(file, actual);
  expect(actual).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
}
