import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../src/commands/check.ts';
import { registerCommands } from '../../src/commands/register.ts';
import { EXIT } from '../../src/report/failure.ts';
import { type DocumentBlock, readBlocks } from './blocks.ts';

const DOCUMENTS = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const work = mkdtempSync(join(tmpdir(), 'relight-docs-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function check(site: string): Promise<{ status: number; output: string }> {
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const context = {
    ...{ print: write, say: write, environment: {}, workingDirectory: site },
    ...{ color: false, terminal: false, verbose: false, signal: new AbortController().signal },
  };
  const status = await runCheck(context, [], { site, format: 'pretty' });
  return { status, output };
}

/** Writes the blocks of a document into one site; a block that shows an error is checked and taken away again. */
async function checkDocument(path: string, blocks: readonly DocumentBlock[]): Promise<void> {
  const site = join(work, path.replaceAll(/\W/g, '-'));
  const write = ({ name, text }: DocumentBlock) => {
    mkdirSync(dirname(join(site, name)), { recursive: true });
    writeFileSync(join(site, name), text);
  };
  const files = blocks.filter(({ name }) => name.includes('.'));
  for (const block of files.filter(({ error }) => error === undefined)) write(block);
  const { status, output } = await check(site);
  expect(output).toMatch(/^\d+ guests?(?: and \d+ images?)? checked: nothing to report\n$/);
  expect(status).toBe(EXIT.done);
  for (const block of files.filter(({ error }) => error !== undefined)) {
    write(block);
    const failed = await check(site);
    expect(failed.status, `${path}:${block.line}`).toBe(EXIT.invalid);
    expect(failed.output).toContain(`error ${block.error}:`);
    const shown = blocks.find(({ name, line }) => name === 'check' && line > block.line);
    if (shown !== undefined) expectLines(shown.text, failed.output);
    rmSync(join(site, block.name));
  }
}

/** Each line of `shown` begins a line of `output`, in the same order; ` ...` stands for the rest of a line. */
function expectLines(shown: string, output: string): void {
  const lines = output.split('\n');
  let from = 0;
  for (const line of shown.trimEnd().split('\n')) {
    const start = line.replace(/ ?\.\.\.$/, '');
    const found = lines.findIndex(
      (each, index) => index >= from && (start === line ? each.endsWith(line) : each.includes(start)),
    );
    expect(found, `the check does not say '${line}', but:\n${output}`).toBeGreaterThanOrEqual(from);
    from = found + 1;
  }
}

describe('the examples of the documentation', () => {
  const examples = DOCUMENTS.map((path) => [path, readBlocks(readFileSync(path, 'utf8'))] as const);

  it('name the file that they are', () => {
    const yaml = examples.flatMap(([path, blocks]) =>
      blocks.filter(({ language }) => /^ya?ml$/.test(language)).map((block) => ({ path, block })),
    );
    expect(yaml.length).toBeGreaterThanOrEqual(4);
    for (const { path, block } of yaml) {
      const place = `${path}:${block.line}`;
      expect(block.name, place).toMatch(/^(site\.yaml|(domus|roles|images)\/[a-z0-9-]+\.yaml)$/);
    }
  });

  const withYaml = examples.filter(([, blocks]) => blocks.some(({ name }) => name.endsWith('.yaml')));
  it.each(withYaml)('of %s pass relight check, or fail as they say', checkDocument);

  it('are refused when they are wrong', async () => {
    const blocks = readBlocks('```yaml site.yaml\nrelight: 1\nnetwork: {}\n```\n');
    await expect(checkDocument('wrong.md', blocks)).rejects.toThrow('RL200');
  });
});

describe('README.md', () => {
  const readme = readFileSync('README.md', 'utf8');
  const program = new Command('relight');
  registerCommands(
    program,
    () => {
      throw new Error('no command runs here');
    },
    () => {},
  );
  const commands = program.commands.map((command) => command.name());

  it('names every command', () => {
    expect(commands).toContain('check');
    expect(commands.filter((name) => !new RegExp(`relight ${name}\\b`).test(readme))).toEqual([]);
  });

  it('names no command that does not exist', () => {
    const code = [...readme.matchAll(/^ {4}(.*)$|`([^`\n]+)`/gm)].map(([, block, inline]) => block ?? inline);
    const named = code.flatMap((text) => /^relight ([a-z][a-z0-9]*)/.exec(text ?? '')?.[1] ?? []);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !commands.includes(name))).toEqual([]);
  });

  it.each(['README.md', 'docs/exit-status.md'])('%s has every exit status, and no other', (path) => {
    const rows = [...readFileSync(path, 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, status]) =>
      Number(status),
    );
    expect(rows).toEqual(Object.values(EXIT).sort((left, right) => left - right));
  });
});
