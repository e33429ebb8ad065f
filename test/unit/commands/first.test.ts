import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCheck } from '../../../src/commands/check.ts';
import { runCompletion } from '../../../src/commands/completion.ts';
import type { CommandContext } from '../../../src/commands/context.ts';
import { type InitOptions, runInit } from '../../../src/commands/init.ts';
import { registerCommands } from '../../../src/commands/register.ts';

const KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIORb1YuEmkuvStNlLtDkh0rZLVDqtFyN+CvumyDe7oOK anna@example.org';
let directory = '';
let printed = '';
let said = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-first-'));
  printed = '';
  said = '';
  writeFileSync(join(directory, 'key.pub'), `${KEY}\n`);
});
afterEach(() => rmSync(directory, { recursive: true }));

const context = (): CommandContext => ({
  print: (text) => {
    printed += text;
  },
  say: (text) => {
    said += text;
  },
  environment: {},
  workingDirectory: directory,
  color: false,
  terminal: false,
  verbose: false,
  signal: new AbortController().signal,
});
const init = (name: string | undefined, options: InitOptions = {}) =>
  runInit(context(), name, { site: 'site', sshKey: join(directory, 'key.pub'), ...options });
const check = () => runCheck(context(), [], { site: join(directory, 'site'), format: 'pretty' });

describe('relight init', () => {
  test('writes a site and a guest that check has nothing against', async () => {
    expect(await init('web1')).toBe(0);
    expect(await check(), printed).toBe(0);
    expect(printed).not.toMatch(/warning|error/);
    expect(printed).toContain('next: relight check');
    expect(readFileSync(join(directory, 'site/domus/web1.yaml'), 'utf8')).toContain(KEY);
  });

  test('takes every flag, and adds a guest on the network of a site that is there', async () => {
    expect(await init(undefined, { lvm: 'vg0', bridge: 'br0', suite: 'bookworm' })).toBe(0);
    const site = join(directory, 'site/site.yaml');
    writeFileSync(site, readFileSync(site, 'utf8').replace('lan:', 'dmz:'));
    const before = readFileSync(site, 'utf8');
    const flags = {
      address: '192.0.2.7/24',
      gateway: '192.0.2.1',
      memory: '512MiB',
      disk: '4GiB',
      user: 'anna',
    };
    expect(await init('db1', flags)).toBe(0);
    expect(await check(), printed).toBe(0);
    expect(readFileSync(site, 'utf8')).toBe(before);
    const guest = readFileSync(join(directory, 'site/domus/db1.yaml'), 'utf8');
    for (const text of ['network: dmz', '192.0.2.7/24', '192.0.2.1', '512MiB', '4GiB', 'name: anna']) {
      expect(guest).toContain(text);
    }
  });

  test('writes over nothing', async () => {
    await init('web1');
    await expect(init('web1')).rejects.toMatchObject({ code: 'RL0780', status: 2 });
    await expect(init(undefined)).rejects.toMatchObject({ code: 'RL0780', status: 2 });
  });

  test.each([
    ['a size without a unit', 'web1', { memory: '2048' }],
    ['an impossible address', 'web1', { address: '192.0.2.999/24' }],
    ['a gateway outside the subnet', 'web1', { address: '192.0.2.7/24', gateway: '198.51.100.1' }],
    ['YAML in a value', 'web1', { user: 'x\nroot: { login: true }' }],
  ])('%s: status 3, the place and the rule, and no file', async (_what, name, options) => {
    await expect(init(name, options)).rejects.toMatchObject({ code: 'RL0781', status: 3 });
    expect(said).toMatch(/error RL\d{4}/);
    expect(existsSync(join(directory, 'site'))).toBe(false);
  });
});

test('a path is no name for a guest', async () => {
  await expect(init('../web1')).rejects.toMatchObject({ code: 'RL2101', status: 3 });
  expect(existsSync(join(directory, 'site'))).toBe(false);
});

describe('relight completion', () => {
  const makeScript = (shell: string): string => {
    const program = new Command('relight');
    registerCommands(program, context, () => {});
    runCompletion(context(), shell, program);
    return printed;
  };
  /** What bash offers after these words. */
  const complete = (...words: string[]): string[] => {
    const script = `${makeScript('bash')}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _relight; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { PATH: process.env.PATH ?? '', RELIGHT_SITE: join(directory, 'a site') };
    return execFileSync('bash', ['--norc', '-euc', script, 'bash', 'relight', ...words], {
      encoding: 'utf8',
      env,
    })
      .trim()
      .split('\n');
  };

  test('offers commands, sub-commands, options and the names of the guests', () => {
    mkdirSync(join(directory, 'a site/domus'), { recursive: true });
    for (const name of ['web1', 'web2', 'db'])
      writeFileSync(join(directory, `a site/domus/${name}.yaml`), '');
    expect(complete('reb')).toEqual(['rebuild']);
    expect(complete('iso', 'ins')).toEqual(['inspect']);
    expect(complete('rebuild', 'web')).toEqual(['web1', 'web2']);
    expect(complete('rebuild', 'web1', '--dry')).toEqual(['--dry-run']);
    expect(complete('check', 'db', 'w')).toEqual(['web1', 'web2']);
  });

  test('knows every command for every shell, and refuses a shell that it does not know', () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      printed = '';
      const script = makeScript(shell);
      for (const name of ['init', 'rebuild', 'rollback', 'watch']) expect(script, shell).toContain(name);
    }
    expect(() => makeScript('tcsh')).toThrow('there is no completion for tcsh');
  });
});
