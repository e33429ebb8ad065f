import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandContext } from '../../../src/commands/context.ts';
import { type LintCommandOptions, runLint } from '../../../src/commands/lint.ts';
import { Failure } from '../../../src/report/failure.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-lint-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const GOOD = 'd-i netcfg/enable boolean true\n';

function write(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function lint(files: readonly string[], options: Partial<LintCommandOptions> = {}) {
  const output = { printed: '', said: '' };
  const context: CommandContext = {
    print: (text) => {
      output.printed += text;
    },
    say: (text) => {
      output.said += text;
    },
    environment: process.env,
    workingDirectory: directory,
    color: false,
    terminal: false,
    verbose: false,
    signal: new AbortController().signal,
  };
  const status = await runLint(context, files, { format: 'pretty', ...options });
  return { ...output, status };
}

test('a good file ends with 0 and prints nothing, a warning ends with 0, an error with 3', async () => {
  write('good.cfg', GOOD);
  write('warning.cfg', 'd-i netcfg/get_gateway string\n');
  write('error.cfg', 'd-i netcfg/enable boolean maybe\n');
  expect(await lint(['good.cfg'])).toEqual({ printed: '', said: '', status: 0 });
  expect((await lint(['warning.cfg'])).status).toBe(0);
  expect((await lint(['good.cfg', 'error.cfg'])).status).toBe(3);
});

test('a finding is shown with its place, a caret and the fix', async () => {
  write('error.cfg', 'd-i netcfg/enable boolean maybe\n');
  const { printed } = await lint(['error.cfg']);
  expect(printed).toBe(
    [
      'error.cfg:1:27: error RL5201: "netcfg/enable" is true or false, not "maybe": the installer takes anything else for false',
      '    1 | d-i netcfg/enable boolean maybe',
      '      |                           ^^^^^',
      '       hint: write true or false',
      '',
    ].join('\n'),
  );
});

test('JSON and GitHub formats carry the same finding', async () => {
  write('error.cfg', 'd-i netcfg/enable boolean maybe\n');
  const json = JSON.parse((await lint(['error.cfg'], { format: 'json' })).printed);
  expect(json).toMatchObject({ version: 1, ok: false, errors: 1, warnings: 0, files: 1 });
  expect(json.issues[0]).toMatchObject({
    code: 'RL5201',
    position: { file: 'error.cfg', line: 1, column: 27, length: 5 },
  });
  const github = (await lint(['error.cfg'], { format: 'github' })).printed;
  expect(github).toMatch(/^::error file=error\.cfg,line=1,col=27,endColumn=32,title=RL5201::/);
});

test('files that cannot be linted are findings of their own, and the others are still linted', async () => {
  write('binary.cfg', Buffer.from([0x64, 0x00, 0x69]));
  write('empty.cfg', '');
  symlinkSync(directory, join(directory, 'folder'));
  truncateSync(write('large.cfg', ''), 50 * 1024 * 1024);
  write('error.cfg', 'd-i netcfg/enable boolean maybe\n');
  const files = ['absent.cfg', 'folder', 'binary.cfg', 'large.cfg', 'empty.cfg', 'error.cfg'];
  const { printed, status } = await lint(files, { format: 'json' });
  const found = JSON.parse(printed).issues.map((issue: { code: string; position: { file: string } }) => [
    issue.position.file,
    issue.code,
  ]);
  expect(found).toEqual([
    ['absent.cfg', 'RL5001'],
    ['folder', 'RL5001'],
    ['binary.cfg', 'RL5002'],
    ['large.cfg', 'RL5001'],
    ['empty.cfg', 'RL5003'],
    ['error.cfg', 'RL5201'],
  ]);
  expect(status).toBe(3);
});

test('--fix mends in place, keeps the mode, and says what is left', async () => {
  const path = write('broken.cfg', '\ufeffd-i netcfg/enable bool YES\r\nd-i netcfg/get_hostnam string x\r\n');
  chmodSync(path, 0o640);
  const { printed, said, status } = await lint(['broken.cfg'], { fix: true });
  expect(readFileSync(path, 'utf8')).toBe(
    'd-i netcfg/enable boolean true\nd-i netcfg/get_hostnam string x\n',
  );
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(said).toBe(`${path}: 5 places fixed\n`);
  expect(printed).toContain('RL5101');
  expect(status).toBe(3);
});

test('--fix writes nothing that has nothing to fix, and nothing that is not UTF-8', async () => {
  const good = write('good.cfg', GOOD);
  const before = statSync(good).ino;
  await lint(['good.cfg'], { fix: true });
  expect(statSync(good).ino).toBe(before);
  const latin = write('latin.cfg', Buffer.from('d-i passwd/user-fullname string Jos\xe9\r\n', 'latin1'));
  await lint(['latin.cfg'], { fix: true });
  expect(readFileSync(latin).includes(0xe9)).toBe(true);
});

test('commands are checked by a shell that runs nothing', async () => {
  const witness = join(directory, 'ran');
  write('good.cfg', `d-i preseed/late_command string touch ${witness}\n`);
  write('bad.cfg', 'd-i preseed/late_command string if true; then\n');
  expect(await lint(['good.cfg'])).toMatchObject({ printed: '', status: 0 });
  expect(statSync(witness, { throwIfNoEntry: false })).toBeUndefined();
  expect((await lint(['bad.cfg'])).printed).toContain('RL5701');
});

test('a secret is not shown, whatever else is wrong with its line', async () => {
  write(
    'secret.cfg',
    'd-i passwd/user-password password canary-77\nd-i passwd/root-password-crypted password canary-78\n',
  );
  for (const format of ['pretty', 'json', 'github']) {
    const { printed } = await lint(['secret.cfg'], { format });
    expect(printed).toContain('RL5210');
    expect(printed).not.toContain('canary');
  }
});

test.each([
  [{ suite: 'trixi' }, /--suite must be/],
  [{ format: 'xml' }, /--format must be/],
  [{ priority: 'urgent' }, /--priority must be/],
  [{ diskSize: '8' }, /--disk-size must be/],
])('an option without meaning is wrong usage: %j', async (options, message) => {
  write('good.cfg', GOOD);
  const failure = await lint(['good.cfg'], options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ status: 2, message: expect.stringMatching(message) });
});

test('an error in a preseed that relight wrote points at the spec as well', async () => {
  const domus = join(directory, 'domus');
  mkdirSync(domus);
  write('site.yaml', 'relight: 1\nnetworks:\n  lan: { mode: bridge, bridge: xenbr0 }\n');
  write('domus/web1.yaml', SPEC);
  const header = `#_preseed_V1\n# Written by relight from ${domus}/web1.yaml\n`;
  write('preseed.cfg', `${header}#: nics[0].gateway\nd-i netcfg/get_gateway string 192.0.2.999\n`);
  const { printed, status } = await lint(['preseed.cfg'], { format: 'json' });
  const [issue] = JSON.parse(printed).issues;
  expect(issue).toMatchObject({
    code: 'RL5203',
    path: 'nics[0].gateway',
    position: { file: 'preseed.cfg', line: 4 },
    related: [{ message: 'the spec', position: { file: 'domus/web1.yaml', line: 7, column: 54 } }],
  });
  expect(status).toBe(3);
  rmSync(domus, { recursive: true });
  expect((await lint(['preseed.cfg'])).printed).toContain('RL5203');
});

const SPEC = `name: web1
suite: trixie
install: installer
memory: 1GiB
disks: { root: { size: 8GiB } }
nics:
  - { network: lan, address: 192.0.2.10/24, gateway: 192.0.2.254 }
users: [{ name: anna, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f anna"] }]
`;
